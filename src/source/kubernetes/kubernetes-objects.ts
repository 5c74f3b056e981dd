/** The objects of all clusters, each as a file of its own, so that what holds for files holds for them. */
import { runToEnd } from '../../turns/run-to-end.js';
import { nextContent } from '../contents/last-good-content.js';
import { type ResourceBatch, createFileTable } from '../contents/table.js';
import { givenGeneration } from '../contents/version.js';
import type { ReadLimits } from '../yaml/limits.js';
import type { KubeObject } from './api.js';
import type { ObjectType } from './cluster.js';
import type { StatusOnServer } from '../../api-server/statuses/on-server.js';
import { objectText } from './object-text.js';

/** Before the name of the cluster in the names of objects. */
const PREFIX = 'kubernetes/';

export class KubernetesObjects {
  readonly #table = createFileTable({ clusterOf, generationOf: givenGeneration });
  readonly #limits: ReadLimits;
  /** Names of files, by cluster. */
  readonly #files = new Map<string, Set<string>>();
  readonly #statuses = new Map<string, StatusOnServer>();

  constructor(limits: ReadLimits) {
    this.#limits = limits;
  }

  put(cluster: string, type: ObjectType, object: KubeObject): void {
    const file = fileOf(cluster, type, object);
    const text = objectText(object, { apiVersion: type.apiVersion, kind: type.kind.kind });
    const read = { text, identity: text };
    const options = { ...this.#table.optionsOf(file), limits: this.#limits };
    const steps = nextContent(file, this.#table.content(file), read, options);
    this.#table.set(file, runToEnd(steps));
    if (!type.kind.isOfEveryCluster) this.#statuses.set(file, statusOnServer(type, object));
    const files = this.#files.get(cluster) ?? new Set();
    this.#files.set(cluster, files.add(file));
  }

  delete(cluster: string, type: ObjectType, object: KubeObject): void {
    this.#remove(cluster, fileOf(cluster, type, object));
  }

  /** These are all objects of the type in the namespace, or in all namespaces. One object is a step. */
  *replace(
    cluster: string,
    type: ObjectType,
    namespace: string | undefined,
    objects: readonly KubeObject[],
  ): Generator<void> {
    const left = new Set(objects.map((object) => fileOf(cluster, type, object)));
    for (const file of this.filesAt(cluster, type, namespace)) if (!left.has(file)) this.#remove(cluster, file);
    for (const object of objects) {
      this.put(cluster, type, object);
      yield;
    }
  }

  #remove(cluster: string, file: string): void {
    this.#table.remove(file);
    this.#statuses.delete(file);
    this.#files.get(cluster)?.delete(file);
  }

  /** The objects whose status Lifeboat writes, by the names that findings use. */
  get statuses(): ReadonlyMap<string, StatusOnServer> {
    return this.#statuses;
  }

  /** The number of objects of a cluster. */
  size(cluster: string): number {
    return this.#files.get(cluster)?.size ?? 0;
  }

  /** The names of the objects of the type in the namespace, or in all namespaces. */
  filesAt(cluster: string, type: ObjectType, namespace: string | undefined): readonly string[] {
    const place = placeOf(cluster, type, namespace);
    return [...(this.#files.get(cluster) ?? [])].filter((file) => file.startsWith(place));
  }

  /** What changed since the last batch; `undefined` if nothing changed. The first batch is never `undefined`. */
  commit(): ResourceBatch | undefined {
    return this.#table.commit();
  }
}

/** As kubectl names them: `kubernetes/CLUSTER/virtualdestinations.networking.gloo.solo.io/NAMESPACE/NAME`. */
function fileOf(cluster: string, type: ObjectType, { metadata: { namespace, name } }: KubeObject): string {
  return `${placeOf(cluster, type, namespace)}${name}`;
}

function placeOf(cluster: string, { kind: { plural, group } }: ObjectType, namespace: string | undefined): string {
  const type = group === '' ? plural : `${plural}.${group}`;
  return `${PREFIX}${cluster}/${type}/${namespace === undefined ? '' : `${namespace}/`}`;
}

function statusOnServer({ apiVersion, kind }: ObjectType, object: KubeObject): StatusOnServer {
  const { name, namespace, uid = '' } = object.metadata;
  const { status } = object as { readonly status?: unknown };
  const { kind: kindName, plural } = kind;
  const text = status === undefined || status === null ? '' : JSON.stringify(status);
  return { apiVersion, kind: kindName, plural, namespace, name, uid, status: text };
}

function clusterOf(file: string): string | undefined {
  return file.slice(PREFIX.length).split('/', 1)[0];
}
