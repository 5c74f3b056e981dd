/** The address of a peer, without its port. It must not know what is counted by address. */

/** `10.0.0.1` for `10.0.0.1:4711`, `::1` for `::1:4711` and `[::1]:4711`; what has no port stays as it is. */
export function addressOf(peer: string): string {
  const colon = peer.lastIndexOf(':');
  return (colon < 0 ? peer : peer.slice(0, colon)).replace(/^\[(.*)\]$/, '$1');
}
