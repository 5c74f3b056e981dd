/** The graph with all tables, from documents to Envoy's messages, and its inputs. Knows no streams. */
import { type Decode, createDecode } from '../../api/decode.js';
import { type EnvoyTables, declareEnvoy } from '../../envoy/tables.js';
import { Graph, type GraphOptions } from '../../graph/index.js';
import { type MeshModel, declareMesh } from '../../mesh/tables.js';
import type { ResourceBatch } from '../../source/contents/table.js';
import { type FindingTable, declareFindings } from '../../kinds/registry.js';
import { EndpointShrinkage } from './endpoint-shrinkage.js';
import { type Inventory, type InventoryObserver, createInventory } from './inventory.js';
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
  /** Removes the retained endpoints whose grace time is over. */
  expire(): void;
  /** Milliseconds until {@link expire} has something to do; `undefined`: nothing is retained. */
  nextExpiry(): number | undefined;
  readonly shrinkage: Pick<EndpointShrinkage, 'counts'>;
}

export interface CoreOptions extends GraphOptions {
  /** An existing decoder. Default: a new one, which takes tens of milliseconds to make. */
  readonly decode?: Decode;
  /** Milliseconds that endpoints stay in force when a service suddenly loses most of them. Default: 0. */
  readonly shrinkGraceMs?: number;
  /** The time in milliseconds since the epoch, which never goes back. Default: by the clock at the start of the process. */
  readonly now?: () => number;
}

export function createCore({
  decode = createDecode(),
  shrinkGraceMs = 0,
  now = steadyTime,
  ...options
}: CoreOptions = {}): Core {
  const graph = new Graph(options);
  const model = declareMesh(graph);
  const envoy = declareEnvoy(graph, model);
  const shrinkage = new EndpointShrinkage(model.inputs, shrinkGraceMs);
  const guarded = shrinkGraceMs > 0;
  const inventory = createInventory(model.inputs, decode, guarded ? observerOf(shrinkage) : undefined);
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
        if (guarded) shrinkage.settle(transaction, now());
      });
      return touched;
    },
    expire: () => {
      graph.commit((transaction) => {
        shrinkage.settle(transaction, now());
      });
    },
    nextExpiry: () => {
      const next = shrinkage.next();
      return next === undefined ? undefined : Math.max(0, next - now());
    },
    shrinkage,
  };
}

function observerOf(shrinkage: EndpointShrinkage): InventoryObserver {
  return { put: (resource) => shrinkage.put(resource), remove: (ref) => shrinkage.remove(ref) };
}

function steadyTime(): number {
  return Math.round(performance.timeOrigin + performance.now());
}
