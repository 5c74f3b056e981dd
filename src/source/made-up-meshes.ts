/** A Mesh for each Kubernetes cluster that has none, as discovery by Gloo Mesh would find one. Services are visible within their mesh. */
import type { RawResource } from '../api/resource.js';
import { type ResourceKey, resourceKey } from '../api/resource.js';
import { refOfDocument } from '../api/kinds.js';
import { runToEnd } from '../turns/run-to-end.js';
import { NO_CONTENT, nextContent } from './contents/last-good-content.js';
import { type ResourceBatch, createFileTable } from './contents/table.js';
import { DEFAULT_READ_LIMITS } from './yaml/limits.js';

const KIND = 'Mesh';

export class MadeUpMeshes {
  readonly #clusters: readonly string[];
  readonly #namespace: string;
  readonly #table = createFileTable();
  /** The clusters of each Mesh that somebody wrote. */
  readonly #written = new Map<ResourceKey, readonly string[]>();
  readonly #made = new Set<string>();

  constructor(clusters: readonly string[], namespace: string) {
    this.#clusters = clusters;
    this.#namespace = namespace;
  }

  /** What follows from a change of the resources that somebody wrote; `undefined`: nothing. */
  after({ upserts, deletes }: ResourceBatch): ResourceBatch | undefined {
    for (const raw of upserts)
      if (raw.kind === KIND) this.#written.set(resourceKey(refOfDocument(raw)), clustersOf(raw));
    for (const ref of deletes) this.#written.delete(resourceKey(ref));
    const served = new Set([...this.#written.values()].flat());
    for (const cluster of this.#clusters) this.#settle(cluster, !served.has(cluster));
    const batch = this.#table.commit();
    return batch !== undefined && batch.upserts.length + batch.deletes.length > 0 ? batch : undefined;
  }

  #settle(cluster: string, isNeeded: boolean): void {
    if (isNeeded === this.#made.has(cluster)) return;
    // Names of clusters allow more than names of objects.
    const name = `lifeboat-${cluster.toLowerCase().replaceAll(/[^-a-z0-9.]/g, '-')}`;
    const file = `kubernetes/${cluster}/meshes.discovery.mesh.gloo.solo.io/${this.#namespace}/${name} (made up)`;
    if (!isNeeded) {
      this.#made.delete(cluster);
      this.#table.remove(file);
      return;
    }
    const text = JSON.stringify(meshOf(cluster, { name, namespace: this.#namespace }));
    const options = { ...this.#table.optionsOf(file), limits: DEFAULT_READ_LIMITS };
    this.#table.set(file, runToEnd(nextContent(file, NO_CONTENT, { text, identity: text }, options)));
    this.#made.add(cluster);
  }
}

function meshOf(cluster: string, metadata: { readonly name: string; readonly namespace: string }): object {
  return {
    ...{ apiVersion: 'discovery.mesh.gloo.solo.io/v1', kind: KIND, metadata },
    spec: { istio: { installation: { cluster, namespace: metadata.namespace } } },
  };
}

/** As the spec has them: in the installation of the mesh, or in the list of an App Mesh. */
function clustersOf({ document }: RawResource): readonly string[] {
  const spec = document['spec'];
  if (typeof spec !== 'object' || spec === null) return [];
  return Object.values(spec as Readonly<Record<string, unknown>>).flatMap((type) => {
    if (typeof type !== 'object' || type === null) return [];
    const { installation, clusters } = type as { readonly installation?: unknown; readonly clusters?: unknown };
    const installed = (installation as { readonly cluster?: unknown } | null | undefined)?.cluster;
    return [installed, ...(Array.isArray(clusters) ? (clusters as readonly unknown[]) : [])].filter(
      (one) => typeof one === 'string',
    );
  });
}
