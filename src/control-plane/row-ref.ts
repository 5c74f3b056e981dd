/** Where the bytes of a resource are. */
import type { EncodedMessage } from '../envoy/encoded-message.js';
import type { Table } from '../graph/index.js';

/** A row of Envoy messages. */
export interface RowRef {
  readonly table: Table<string, EncodedMessage>;
  readonly key: string;
}
