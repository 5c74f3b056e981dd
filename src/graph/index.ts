/** The interface of the incremental engine. */
export { sameRow } from './equal.js';
export type { Expanded } from './expansion.js';
export { type Key, type KeyCodec, type PlainKey, type Single, SINGLE, pairCodec, partsCodec } from './key.js';
export { Graph, type GraphOptions, type Input, type Transaction, type Watch } from './graph.js';
export type { GroupsOf } from './index-table.js';
export type { SourceRow } from './sources.js';
export type { Observation } from './observation.js';
export type { Compute, Equal, KeyedTable, Read, Table } from './table.js';
