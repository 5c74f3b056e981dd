/** The graph with all tables, from documents to Envoy's messages, and its inputs. Knows no streams. */
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
  /** The findings of the model about resources, by `resourceKey`. */
  readonly findings: FindingTable;
  /** Applies a batch as one commit. Returns the keys of the resources that were put or removed. */
  take(batch: Pick<ResourceBatch, 'upserts' | 'deletes'>): ReadonlySet<ResourceKey>;
}

export interface CoreOptions extends GraphOptions {
  /** An existing decoder. Default: a new one, which takes tens of milliseconds to make. */
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
