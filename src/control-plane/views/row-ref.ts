/** Where the bytes of a resource are. */
import type { EncodedMessage } from '../../envoy/rows/encoded-message.js';
import type { Key, Table } from '../../graph/index.js';

/** A row of some table. Which keys the table has is forgotten, but the key is one of them: only `rowRef` makes these. */
export interface RowRef<Row = EncodedMessage> {
  readonly table: Table<SomeKey, Row>;
  readonly key: SomeKey;
}

type SomeKey = Key<'some row'>;

export function rowRef<K extends string, Row>(table: Table<K, Row>, key: NoInfer<K>): RowRef<Row> {
  return { table: table as Table<never, Row> as Table<SomeKey, Row>, key: key as string as SomeKey };
}
