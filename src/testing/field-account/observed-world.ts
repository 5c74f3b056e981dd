/** A small world of documents and clients: what users see before and after a document changes. */
import type { Decode } from '../../api/decode.js';
import { refOfDocument } from '../../api/kinds.js';
import type { RawResource } from '../../api/resource.js';
import type { Finding, SnapshotQuery } from '../../control-plane/api/api.js';
import { type Core, createCore } from '../../control-plane/inputs/core.js';
import { explainFor } from '../../control-plane/explain/explain.js';
import { FindingLedger } from '../../control-plane/reports/finding-ledger.js';
import { createProvider } from '../../control-plane/views/provider.js';
import { typeUrls } from '../../control-plane/views/resource-types.js';
import { toNode } from '../../control-plane/snapshots/snapshot.js';
import { statusOf } from '../../kinds/registry.js';
import type { ResourceProvider } from '../../xds/index.js';
import { type ShortType, type Watcher, watch } from '../watcher.js';

/** What users see, without the answers of `explain`. */
export interface Observation {
  /** The texts of the findings. */
  readonly findings: ReadonlySet<string>;
  readonly statuses: string;
  readonly snapshots: string;
}

export class ObservedWorld {
  /** The observation of the unchanged documents. */
  readonly unchanged: Observation;
  readonly #core: Core;
  readonly #ledger: FindingLedger;
  readonly #provider: ResourceProvider;
  readonly #clients: readonly ObservedClient[];

  constructor(documents: readonly RawResource[], clients: readonly SnapshotQuery[], decode: Decode) {
    this.#core = createCore({ decode });
    this.#ledger = new FindingLedger(this.#core.graph, this.#core.findings, this.#core.inventory);
    this.#provider = createProvider(this.#core.graph, this.#core.model, this.#core.envoy);
    this.put(...documents);
    this.#clients = clients.map((query) => new ObservedClient(this.#core, this.#provider, query));
    this.unchanged = this.observe();
  }

  observe(): Observation {
    return { findings: new Set(this.findings().map(textOf)), statuses: this.statuses(), snapshots: this.snapshots() };
  }

  put(...documents: readonly RawResource[]): void {
    this.#ledger.update(this.#core.take({ upserts: documents, deletes: [] }), []);
  }

  remove(document: RawResource): void {
    this.#ledger.update(this.#core.take({ upserts: [], deletes: [refOfDocument(document)] }), []);
  }

  findings(): readonly Finding[] {
    return this.#ledger.all();
  }

  /** Statuses of all resources. */
  statuses(): string {
    const { graph, model, inventory } = this.#core;
    const statuses = [...inventory.items].map(([key, { resource, raw, diagnostics }]) => {
      const decoding = diagnostics.filter(({ severity }) => severity === 'error');
      return [key, statusOf(graph, model, { resource, raw, decoding, findings: this.#ledger.ofModel(key) })];
    });
    return JSON.stringify(statuses);
  }

  /** The versions of all resources of these types that each client gets. Default: all types. */
  snapshots(types?: readonly ShortType[]): string {
    const versions = this.#clients.map((client) => client.versions());
    return JSON.stringify(types === undefined ? versions : versions.map((of) => types.map((type) => of[type])));
  }

  /** The targets of each client's requests to each failover hostname. */
  explanations(): string {
    const { graph, model } = this.#core;
    const failovers = graph
      .keys(model.failovers.failovers)
      .flatMap((key) => graph.read(model.failovers.failovers, key) ?? []);
    const hosts = failovers.flatMap(({ hosts: names, ports }) =>
      names.flatMap((hostname) => ports.map(({ number }) => ({ hostname, port: number }))),
    );
    return JSON.stringify(
      this.#clients.map(({ query }) => hosts.map((host) => explainFor(graph, model, { ...query, ...host }))),
    );
  }
}

/** Subscribes again when the view or the names change, because a watcher never forgets names. */
class ObservedClient {
  readonly query: SnapshotQuery;
  readonly #core: Core;
  readonly #provider: ResourceProvider;
  #views = '';
  #names = '';
  #watcher: Watcher | undefined;

  constructor(core: Core, provider: ResourceProvider, query: SnapshotQuery) {
    this.query = query;
    this.#core = core;
    this.#provider = provider;
  }

  versions(): Versions {
    const node = toNode(this.query);
    const views = Object.values(typeUrls)
      .map((typeUrl) => this.#provider.viewOf(node, typeUrl))
      .join(' ');
    const versions = views === this.#views ? this.#watcher?.versions() : undefined;
    this.#views = views;
    return versions !== undefined && namesOf(versions) === this.#names ? versions : this.#watchAgain();
  }

  /** Subscribes again before it unsubscribes, so that common rows are kept. */
  #watchAgain(): Versions {
    const before = this.#watcher;
    this.#watcher = watch(this.#core, this.query);
    const versions = this.#watcher.versions();
    before?.close();
    this.#names = namesOf(versions);
    return versions;
  }
}

type Versions = ReturnType<Watcher['versions']>;

function namesOf(versions: Versions): string {
  return Object.values(versions).flatMap(Object.keys).join(' ');
}

/** The document under the same name, without positions, which would change messages. */
export function changedDocument(raw: RawResource, document: Readonly<Record<string, unknown>>): RawResource {
  return { ...raw, document, locate: () => ({ file: 'world.yaml', line: 1, column: 1 }) };
}

export function textOf({ kind, namespace, name, path, message }: Finding): string {
  return [kind, namespace, name, path, message].join(' ');
}
