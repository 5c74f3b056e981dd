/**
 * A 64-bit digest of a set of (name, version) pairs. It does not depend on their order, and is updated by addition and subtraction. Equal sets
 * have equal digests in every process.
 */

/** Two halves of 32 bits each. */
export interface Digest {
  readonly high: number;
  readonly low: number;
}

export const EMPTY_DIGEST: Digest = { high: 0, low: 0 };

/** Two multiplicative hashes of 32 bits, mixed with each other at the end. */
export function digestOf(text: string): Digest {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return { high: high >>> 0, low: low >>> 0 };
}

export function addDigest(sum: Digest, term: Digest): Digest {
  return { high: (sum.high + term.high) >>> 0, low: (sum.low + term.low) >>> 0 };
}

export function subtractDigest(sum: Digest, term: Digest): Digest {
  return { high: (sum.high - term.high) >>> 0, low: (sum.low - term.low) >>> 0 };
}

/** Eleven characters. Never empty. */
export function formatDigest(digest: Digest): string {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeUInt32BE(digest.high, 0);
  bytes.writeUInt32BE(digest.low, 4);
  return bytes.toString('base64url');
}
