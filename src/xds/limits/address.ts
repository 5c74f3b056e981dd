/** Who a peer counts as where limits are per address. It must not know what is counted. */
import { networkOf } from '../transport/peer-network.js';

/** `10.0.0.1` for `10.0.0.1:4711` and `[::ffff:10.0.0.1]:4711`, `2001:db8:1:2::/64` for `2001:db8:1:2::3:4711`; what has no port stays as it is. */
export function addressOf(peer: string): string {
  const colon = peer.lastIndexOf(':');
  return networkOf((colon < 0 ? peer : peer.slice(0, colon)).replace(/^\[(.*)\]$/, '$1'));
}
