/** Lists of names in requests: repeated string fields. */
import { WireError, WireReader } from './reader.js';

/** The strings in `names` of a DiscoveryRequest, in their order, with duplicates. @throws WireError for more than `limit` names. */
export function decodeNames(names: Buffer, limit: number): string[] {
  const reader = new WireReader(names);
  const result: string[] = [];
  while (!reader.done) {
    if (result.length >= limit) throw new WireError(`more than ${String(limit)} resource names`);
    result.push(reader.string(reader.tag()));
  }
  return result;
}
