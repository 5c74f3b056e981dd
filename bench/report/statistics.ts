/** Statistics for the reports. */

/** 0 without values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that this share (0 to 1) of all values does not exceed. 0 without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
