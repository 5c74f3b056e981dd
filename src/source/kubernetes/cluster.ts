/**
 * Follows all objects of one cluster that Lifeboat reads. Kinds that are not served yet are looked for again and again. It must not know what
 * becomes of the objects.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiConnection } from '../../api-server/client/api-connection.js';
import type { KubeObject } from './api.js';
import { servedVersions } from './discovery.js';
import { HttpsCollection } from './https-collection.js';
import { Reflector } from './reflector.js';
import { type WatchedKind, apiVersionOf, versionPath } from './watched-kinds.js';

/** Milliseconds after which kinds that were not served are looked for again, and half as much more at random. */
const DISCOVERY_INTERVAL = 10_000;
/** Milliseconds that a server may take to say what it serves. */
const DISCOVERY_PATIENCE = 30_000;

export interface ObjectType {
  readonly kind: WatchedKind;
  readonly apiVersion: string;
}

export interface ClusterOptions {
  readonly kinds: readonly WatchedKind[];
  /** Only these namespaces. Empty: all. */
  readonly namespaces: readonly string[];
  readonly onChange: (type: ObjectType, object: KubeObject) => void;
  readonly onDelete: (type: ObjectType, object: KubeObject) => void;
  /** All objects of a kind, in one namespace or in all (`undefined`). */
  readonly onList: (type: ObjectType, namespace: string | undefined, objects: readonly KubeObject[]) => Promise<void>;
  /** The state of the cluster changed. */
  readonly onState: () => void;
}

/** Where objects are listed: a kind, in one namespace or in all. */
interface Place {
  readonly type: ObjectType;
  readonly namespace: string | undefined;
}

export class KubeCluster {
  readonly #connection: ApiConnection;
  readonly #options: ClusterOptions;
  readonly #closing = new AbortController();
  readonly #reflectors: Reflector[] = [];
  readonly #running: Promise<void>[] = [];
  /** What was not listed yet. */
  readonly #unlisted = new Set<Place>();
  /** By place, or by the discovery (`undefined`): why it cannot be followed now. */
  readonly #problems = new Map<Place | undefined, string>();
  #isDiscovered = false;
  #errors = 0;

  constructor(connection: ApiConnection, options: ClusterOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** Whether every served kind was listed once. */
  get isListed(): boolean {
    return this.#isDiscovered && this.#unlisted.size === 0;
  }

  /** A reason why the cluster cannot be followed completely now; `undefined` if it can. */
  get problem(): string | undefined {
    for (const problem of this.#problems.values()) return problem;
    return undefined;
  }

  /** Failed attempts so far. */
  get errors(): number {
    return this.#errors;
  }

  /** Follows the cluster until `close`. Never rejects. */
  async run(): Promise<void> {
    const { signal } = this.#closing;
    const missing = new Set(this.#options.kinds);
    while (!signal.aborted) {
      await this.#discover(missing);
      const wait = this.#isDiscovered ? DISCOVERY_INTERVAL : DISCOVERY_INTERVAL / 10;
      await sleep(wait * (1 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => undefined);
    }
    await Promise.all(this.#running);
  }

  close(): void {
    this.#closing.abort();
    for (const reflector of this.#reflectors) reflector.close();
  }

  /** Begins to follow the missing kinds that are served now. */
  async #discover(missing: Set<WatchedKind>): Promise<void> {
    if (missing.size === 0) return;
    const { signal } = this.#closing;
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(DISCOVERY_PATIENCE)]);
      const served = await servedVersions(this.#connection, [...missing], limit);
      for (const [kind, version] of served) {
        missing.delete(kind);
        this.#follow(kind, version);
      }
      this.#isDiscovered = true;
      this.#report(undefined, undefined);
    } catch (error) {
      if (!signal.aborted) this.#report(undefined, error instanceof Error ? error : new Error(String(error)));
    }
  }

  #follow(kind: WatchedKind, version: string): void {
    const { namespaces } = this.#options;
    const type = { kind, apiVersion: apiVersionOf(kind, version) };
    const narrowed = !kind.isClusterScoped && namespaces.length > 0;
    for (const namespace of narrowed ? namespaces : [undefined]) this.#reflect({ type, namespace }, version);
  }

  #reflect(place: Place, version: string): void {
    const { type, namespace } = place;
    const { kind } = type;
    const { onChange, onDelete, onList, onState } = this.#options;
    const collection = new HttpsCollection(this.#connection, {
      version: versionPath(kind, version),
      plural: kind.plural,
      metadataOnly: kind.isMetadataOnly,
      ...(namespace !== undefined && { namespace }),
    });
    const reflector = new Reflector(collection, {
      onList: async (objects) => {
        await onList(type, namespace, objects);
        this.#unlisted.delete(place);
        onState();
      },
      onChange: (object) => onChange(type, object),
      onDelete: (object) => onDelete(type, object),
      onProblem: (problem) => this.#report(place, problem),
    });
    this.#unlisted.add(place);
    this.#reflectors.push(reflector);
    this.#running.push(reflector.run());
  }

  #report(place: Place | undefined, problem: Error | undefined): void {
    if (problem === undefined && !this.#problems.delete(place)) {
      if (place === undefined) this.#options.onState();
      return;
    }
    if (problem !== undefined) {
      this.#errors += 1;
      this.#problems.set(
        place,
        place === undefined ? problem.message : `${place.type.kind.plural}: ${problem.message}`,
      );
    }
    this.#options.onState();
  }
}
