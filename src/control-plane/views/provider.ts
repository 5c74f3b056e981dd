/** The provider of the xDS server. Watches only the rows that connected Envoys subscribe to. */
import { clientScope, meshOf } from '../clients/client-scope.js';
import type { RowRef } from './row-ref.js';
import type { EncodedMessage } from '../../envoy/rows/encoded-message.js';
import type { EnvoyTables } from '../../envoy/tables.js';
import { envoyType } from '../../proto/envoy-types.js';
import type { Graph, Observation } from '../../graph/index.js';
import type { MeshModel } from '../../mesh/tables.js';
import {
  type Collection,
  type EncodedResource,
  type OpenCollection,
  type ResourceProvider,
  SECRET,
  type XdsNode,
  encodeMessage,
  encodeResource,
} from '../../xds/index.js';
import { toClient } from '../clients/client.js';
import { resourceTypes, typeUrls } from './resource-types.js';
import { Preparations } from './preparations.js';
import { WithheldMessages } from './withheld.js';
import { type ListedView, listedView, namedRow, viewOf } from './views.js';

export interface ProviderOptions {
  /** The messages that are withheld because Envoy would reject them. Default: a new record. */
  readonly withheld?: WithheldMessages;
  /** Called for each open collection that changes. Default: no call. */
  readonly onChange?: (collection: Collection) => void;
}

export function createProvider(
  graph: Graph,
  model: MeshModel,
  envoy: EnvoyTables,
  options: ProviderOptions = {},
): ResourceProvider {
  const { withheld = new WithheldMessages(() => undefined), onChange = () => undefined } = options;
  const sources: Sources = { graph, encode: encodeOnce(), withheld, onChange };
  const viewsOf = (node: XdsNode): ((typeUrl: string) => string) => {
    const client = toClient(node);
    const [mesh, scope] = [meshOf(graph, model, client), clientScope(graph, model)];
    return (typeUrl) => viewOf(client, mesh, scope, typeUrl) ?? '';
  };
  const preparations = new Preparations({ graph, model, envoy }, (typeUrl, row) => {
    sources.encode(typeUrl, row);
  });
  return {
    viewOf: (node, typeUrl) => viewsOf(node)(typeUrl),
    prepare: (node, typeUrl) =>
      preparations.prepares(typeUrl) ? preparations.prepare(viewsOf(node), typeUrl) : undefined,
    open: (collection) => {
      const { typeUrl, view } = collection;
      if (!served.has(typeUrl)) return withoutResources(typeUrl);
      const listed = listedView(graph, model, envoy, typeUrl, view);
      if (listed !== undefined) return followList(sources, listed, collection);
      const named = followNames(sources, (name) => namedRow(envoy, typeUrl, view, name), collection);
      return typeUrl === typeUrls.endpoint ? { ...named, missing: emptyLoadAssignment } : named;
    },
  };
}

/**
 * Types that Lifeboat has no resources of: an Envoy that asks for them need not wait until it gives up. Except for secrets, which an Envoy
 * that uses them rejects to lose.
 */
function withoutResources(typeUrl: string): OpenCollection | undefined {
  return typeUrl === SECRET ? undefined : { close: () => undefined };
}

/** For a cluster that does not exist, or not yet: Envoy warms it until it gets an answer. */
function emptyLoadAssignment(name: string): EncodedResource | undefined {
  if (name === '') return undefined;
  const type = envoyType(resourceTypes.endpoint);
  return encodeMessage(typeUrls.endpoint, name, type.fromObject({ clusterName: name }), type);
}

const served: ReadonlySet<string> = new Set(Object.values(typeUrls));

type Encode = (typeUrl: string, message: EncodedMessage) => EncodedResource;

/** Shared by all collections. */
interface Sources {
  readonly graph: Graph;
  readonly encode: Encode;
  readonly withheld: WithheldMessages;
  readonly onChange: (collection: Collection) => void;
}

interface MirroredRow {
  readonly ref: RowRef;
  readonly observation: Observation<EncodedMessage>;
  /** The version in the collection. */
  shown: EncodedMessage | undefined;
}

/** Views with the same row share its resource, and so its encoded frames. */
function encodeOnce(): Encode {
  const known = new WeakMap<EncodedMessage, EncodedResource>();
  return (typeUrl, message) => {
    const shared = known.get(message);
    if (shared !== undefined) return shared;
    const { name, bytes, endpoints, clusters = [] } = message;
    const resource = encodeResource(typeUrl, name, bytes, { ...(endpoints !== undefined && { endpoints }), clusters });
    known.set(message, resource);
    return resource;
  };
}

/** Keeps a collection equal to the current rows. */
class Mirror {
  readonly #sources: Sources;
  readonly #collection: Collection;
  readonly #rows = new Map<string, MirroredRow>();
  /** By name in the collection: the row of the resource. A name may change to another row. */
  readonly #owners = new Map<string, string>();

  constructor(sources: Sources, collection: Collection) {
    this.#sources = sources;
    this.#collection = collection;
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  ids(): readonly string[] {
    return [...this.#rows.keys()];
  }

  add(id: string, ref: RowRef): void {
    const observation = this.#sources.graph.observe(ref.table, ref.key, (row) => {
      this.#show(id, row);
    });
    this.#rows.set(id, { ref, observation, shown: undefined });
    this.#show(id, observation.row);
  }

  remove(id: string): void {
    const mirrored = this.#rows.get(id);
    if (mirrored === undefined) return;
    this.#leave(mirrored);
    this.#drop(id, mirrored.shown?.name);
    this.#rows.delete(id);
  }

  close(): void {
    for (const mirrored of this.#rows.values()) this.#leave(mirrored);
    this.#rows.clear();
  }

  #leave(mirrored: MirroredRow): void {
    mirrored.observation.close();
    this.#sources.withheld.release(mirrored.ref, mirrored);
  }

  #show(id: string, row: EncodedMessage | undefined): void {
    const mirrored = this.#rows.get(id);
    if (mirrored === undefined) return;
    const { ref, shown: before } = mirrored;
    const shown = this.#sources.withheld.soundOf(ref, this.#collection, row, mirrored);
    if (before?.name !== shown?.name) this.#drop(id, before?.name);
    mirrored.shown = shown;
    if (shown === undefined) return;
    this.#owners.set(shown.name, id);
    this.#collection.set(this.#sources.encode(this.#collection.typeUrl, shown));
    this.#sources.onChange(this.#collection);
  }

  #drop(id: string, name: string | undefined): void {
    if (name === undefined || this.#owners.get(name) !== id) return;
    this.#owners.delete(name);
    this.#collection.delete(name);
    this.#sources.onChange(this.#collection);
  }
}

function followList(sources: Sources, view: ListedView, collection: Collection): OpenCollection {
  const mirror = new Mirror(sources, collection);
  const follow = (): void => {
    const rows = new Map<string, RowRef>(view.rows().map((row) => [row.key, row]));
    for (const [id, row] of rows) if (!mirror.has(id)) mirror.add(id, row);
    for (const id of mirror.ids()) if (!rows.has(id)) mirror.remove(id);
  };
  const list = sources.graph.observe(view.list.table, view.list.key, follow);
  follow();
  return {
    close: () => {
      list.close();
      mirror.close();
    },
  };
}

function followNames(
  sources: Sources,
  rowOf: (name: string) => RowRef | undefined,
  collection: Collection,
): OpenCollection {
  const mirror = new Mirror(sources, collection);
  return {
    want: (name) => {
      const row = rowOf(name);
      if (row !== undefined && !mirror.has(name)) mirror.add(name, row);
    },
    unwant: (name) => {
      mirror.remove(name);
    },
    close: () => {
      mirror.close();
    },
  };
}
