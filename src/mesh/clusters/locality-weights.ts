/** Integer weights that distribute traffic in exact proportions. */

/** Envoy's limit for the sum of the locality weights of a priority. */
export const MAX_WEIGHT_SUM = 4_294_967_295;

/** A group of endpoints that belongs to a share. */
export interface SharedGroup {
  /** Index of its share. */
  readonly share: number;
  /** The number of endpoints that take traffic. */
  readonly endpoints: number;
}

/**
 * A weight for each group. The groups of a share divide it in proportion to their endpoints. The weights are the smallest exact integers.
 * If those exceed Envoy's limit, the weights are the nearest integers below it. A group without endpoints that take traffic gets weight 1,
 * which Envoy ignores.
 */
export function exactWeights(groups: readonly SharedGroup[], shares: readonly number[]): readonly number[] {
  const totals = shares.map((_, share) =>
    sum(groups.filter((group) => group.share === share).map(({ endpoints }) => endpoints)),
  );
  const scale = totals.filter((total) => total > 0).reduce((product, total) => lcm(product, BigInt(total)), 1n);
  const exact = groups.map(({ share, endpoints }) => {
    const total = totals[share] ?? 0;
    return total === 0 ? 0n : (BigInt(shares[share] ?? 0) * BigInt(endpoints) * scale) / BigInt(total);
  });
  return fit(exact).map((weight) => Math.max(1, weight));
}

function fit(weights: readonly bigint[]): readonly number[] {
  const divisor = weights.reduce(gcd, 0n) || 1n;
  const reduced = weights.map((weight) => weight / divisor);
  const total = reduced.reduce((a, b) => a + b, 0n);
  const limit = BigInt(MAX_WEIGHT_SUM) - BigInt(weights.length);
  return reduced.map((weight) => Number(total <= limit ? weight : (weight * limit) / total));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

function lcm(a: bigint, b: bigint): bigint {
  return (a / gcd(a, b)) * b;
}
