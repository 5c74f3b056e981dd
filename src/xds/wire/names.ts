/** Lists of names in requests: repeated string fields. */
import { WireError, WireReader } from './reader.js';

/** A request names more than is allowed. */
export class TooManyNames extends WireError {
  constructor(limit: number, what = 'resource names') {
    super(`more than ${String(limit)} ${what}`);
  }
}

/** The strings in `names` of a DiscoveryRequest, in their order, with duplicates. Throws TooManyNames above `limit`. */
export function decodeNames(names: Buffer, limit: number): string[] {
  const reader = new WireReader(names);
  const result: string[] = [];
  while (!reader.done) {
    if (result.length >= limit) throw new TooManyNames(limit);
    result.push(reader.string(reader.tag()));
  }
  return result;
}
