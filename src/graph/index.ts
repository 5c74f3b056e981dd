/** The incremental engine's public face. */
export { sameRow } from './equal.js';
export { Graph, type GraphOptions, type Input, type Observation, type Transaction } from './graph.js';
export type { Compute, Equal, KeyedTable, Read, Table } from './table.js';
