/** From documents to Envoy's messages, without streams: the graph with all of its tables, and the documents that feed it. */
import { type Decode, createDecode } from '../../api/decode.js';
import { type EnvoyTables, declareEnvoy } from '../../envoy/tables.js';
import { Graph, type GraphOptions } from '../../graph/index.js';
import { type MeshModel, declareMesh } from '../../mesh/tables.js';
import type { ResourceBatch } from '../../source/table.js';
import { type FindingTable, declareFindings } from '../../kinds/registry.js';
import { type Inventory, createInventory } from './inventory.js';
import type { ResourceKey } from '../../api/resource.js';

export interface Core {
  readonly graph: Graph;
  readonly model: MeshModel;
  readonly envoy: EnvoyTables;
  readonly inventory: Inventory;
  /** What the model finds about resources, by `resourceKey`. */
  readonly findings: FindingTable;
  /** Takes in a batch as one commit. Returns the keys of what was put and removed in the inventory. */
  take(batch: Pick<ResourceBatch, 'upserts' | 'deletes'>): ReadonlySet<ResourceKey>;
}

export interface CoreOptions extends GraphOptions {
  /** A decoder that is there already; making one takes tens of milliseconds. */
  readonly decode?: Decode;
}

export function createCore({ decode = createDecode(), ...options }: CoreOptions = {}): Core {
  const graph = new Graph(options);
  const model = declareMesh(graph);
  const envoy = declareEnvoy(graph, model);
  const inventory = createInventory(model.inputs, decode);
  return {
    graph,
    model,
    envoy,
    inventory,
    findings: declareFindings(graph, model),
    take: ({ upserts, deletes }) => {
      const touched = new Set<ResourceKey>();
      graph.commit((transaction) => {
        for (const ref of deletes) touched.add(inventory.remove(transaction, ref));
        for (const raw of upserts) touched.add(inventory.put(transaction, raw));
      });
      return touched;
    },
  };
}
