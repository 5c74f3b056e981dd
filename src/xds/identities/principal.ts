/** A client, as it has proved who it is. */
import type { XdsNode } from '../wire/xds-node.js';

export interface Principal {
  /** For people to read, such as `spiffe://example.org/ns/default/sa/productpage`. Two clients with the same name are the same principal. */
  readonly name: string;
  /** Whether client status (CSDS) shows it all clients. Otherwise it shows those of the same principal. */
  readonly seesAllClients: boolean;
  /** Why the client may not be this node; undefined: it may. Called with the first request of each stream. Must not throw. */
  nodeRefusal(node: XdsNode): string | undefined;
}
