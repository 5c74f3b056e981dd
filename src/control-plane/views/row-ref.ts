/** A reference to the row of a resource. */
import type { EncodedMessage } from '../../envoy/rows/encoded-message.js';
import type { Key, Table } from '../../graph/index.js';

/** A row of any table. The type of the table's keys is lost, but `rowRef` ensures that the key belongs to the table. */
export interface RowRef<Row = EncodedMessage> {
  readonly table: Table<SomeKey, Row>;
  readonly key: SomeKey;
}

type SomeKey = Key<'some row'>;

export function rowRef<K extends string, Row>(table: Table<K, Row>, key: NoInfer<K>): RowRef<Row> {
  return { table: table as Table<never, Row> as Table<SomeKey, Row>, key: key as string as SomeKey };
}
