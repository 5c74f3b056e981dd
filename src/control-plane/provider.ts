/** Gives the xDS server its resources: watches just the rows that connected Envoys have asked for. */
import type { EncodedMessage, EnvoyTables } from '../envoy/tables.js';
import type { Graph, Observation } from '../graph/index.js';
import type { MeshModel } from '../mesh/tables.js';
import { type Collection, type EncodedResource, type OpenCollection, type ResourceProvider, encodeResource } from '../xds/index.js';
import { toClient } from './client.js';
import { typeUrls } from './resource-types.js';
import { type ListedView, type RowRef, clientScope, listedView, meshOf, namedRow, viewOf } from './views.js';

/** @param onChange gets every open collection of which something changes. */
export function createProvider(
  graph: Graph,
  model: MeshModel,
  envoy: EnvoyTables,
  onChange: (collection: Collection) => void = () => undefined,
): ResourceProvider {
  const encode = encodeOnce();
  return {
    viewOf: (node, typeUrl) => {
      const client = toClient(node);
      return viewOf(client, meshOf(graph, model, client), clientScope(graph, model), typeUrl) ?? '';
    },
    open: (collection) => {
      const { typeUrl, view } = collection;
      if (!served.has(typeUrl)) return undefined;
      const listed = listedView(graph, model, envoy, typeUrl, view);
      if (listed !== undefined) return followList(graph, listed, new Mirror(graph, collection, encode, onChange));
      return followNames((name) => namedRow(envoy, typeUrl, view, name), new Mirror(graph, collection, encode, onChange));
    },
  };
}

const served: ReadonlySet<string> = new Set(Object.values(typeUrls));

type Encode = (typeUrl: string, message: EncodedMessage) => EncodedResource;

/** Views that hold the same row share its resource, and so the frames that go over the wire. */
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

/** Keeps a collection equal to rows, whichever they are at the time. */
class Mirror {
  readonly #graph: Graph;
  readonly #collection: Collection;
  readonly #encode: Encode;
  readonly #onChange: (collection: Collection) => void;
  readonly #rows = new Map<string, { observation: Observation<EncodedMessage>; name: string | undefined }>();
  /** The row that a name in the collection comes from. A name may pass from one row to another. */
  readonly #owners = new Map<string, string>();

  constructor(graph: Graph, collection: Collection, encode: Encode, onChange: (collection: Collection) => void) {
    this.#graph = graph;
    this.#collection = collection;
    this.#encode = encode;
    this.#onChange = onChange;
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  ids(): readonly string[] {
    return [...this.#rows.keys()];
  }

  add(id: string, { table, key }: RowRef): void {
    const observation = this.#graph.observe(table, key, (row) => {
      this.#show(id, row);
    });
    this.#rows.set(id, { observation, name: undefined });
    this.#show(id, observation.row);
  }

  remove(id: string): void {
    const mirrored = this.#rows.get(id);
    if (mirrored === undefined) return;
    mirrored.observation.close();
    this.#drop(id, mirrored.name);
    this.#rows.delete(id);
  }

  close(): void {
    for (const { observation } of this.#rows.values()) observation.close();
    this.#rows.clear();
  }

  #show(id: string, row: EncodedMessage | undefined): void {
    const mirrored = this.#rows.get(id);
    if (mirrored === undefined) return;
    if (mirrored.name !== row?.name) this.#drop(id, mirrored.name);
    mirrored.name = row?.name;
    if (row === undefined) return;
    this.#owners.set(row.name, id);
    this.#collection.set(this.#encode(this.#collection.typeUrl, row));
    this.#onChange(this.#collection);
  }

  #drop(id: string, name: string | undefined): void {
    if (name === undefined || this.#owners.get(name) !== id) return;
    this.#owners.delete(name);
    this.#collection.delete(name);
    this.#onChange(this.#collection);
  }
}

function followList(graph: Graph, view: ListedView, mirror: Mirror): OpenCollection {
  const follow = (): void => {
    const rows = new Map(view.rows().map((row) => [row.key, row]));
    for (const [id, row] of rows) if (!mirror.has(id)) mirror.add(id, row);
    for (const id of mirror.ids()) if (!rows.has(id)) mirror.remove(id);
  };
  const list = graph.observe(view.list.table, view.list.key, follow);
  follow();
  return {
    close: () => {
      list.close();
      mirror.close();
    },
  };
}

function followNames(rowOf: (name: string) => RowRef | undefined, mirror: Mirror): OpenCollection {
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
