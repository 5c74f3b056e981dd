/**
 * Who counts as one peer where limits are per address. A host with IPv6 has a whole /64 to choose its addresses from, so the /64 counts, not the
 * address. It must not know what is counted.
 */
import { isIPv6 } from 'node:net';

/** Of the eight groups of an IPv6 address, those that say which network it is in. */
const NETWORK_GROUPS = 4;
/** The first groups of an IPv4 address that an IPv6 socket has accepted: `::ffff:10.0.0.1`. */
const MAPPED = [0, 0, 0, 0, 0, 0xffff];

/**
 * `10.0.0.1` for `10.0.0.1` and `::ffff:10.0.0.1`, `2001:db8:1:2::/64` for `2001:db8:1:2::3`, `fe80:0:0:0::/64%eth0` for `fe80::1%eth0`. The
 * loopback address `::1`, and what is no IP address, stay as they are.
 */
export function networkOf(address: string): string {
  const [bare = '', zone] = address.split('%');
  if (bare === '::1' || !isIPv6(bare)) return address;
  const groups = groupsOf(bare);
  if (MAPPED.every((group, index) => groups[index] === group))
    return groups.slice(MAPPED.length).flatMap(bytesOf).join('.');
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16));
  return `${network.join(':')}::/64${zone === undefined ? '' : `%${zone}`}`;
}

/** The eight groups of a valid IPv6 address, the last two of which may be written as an IPv4 address. */
function groupsOf(address: string): readonly number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [left = [], right = []] = hex.split('::').map((side) => (side === '' ? [] : side.split(':')));
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}

function bytesOf(group: number): readonly number[] {
  return [group >> 8, group & 0xff];
}
