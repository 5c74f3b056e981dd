/** How often property tests run. */

/**
 * `count`, or a share of it: `PROPERTY_RUNS=0.05` runs a twentieth, at least once. `make test` sets it for the oldest and the
 * newest Node.js, where the question is whether the code works at all.
 */
export function propertyRuns(count: number): number {
  const share = Number(process.env['PROPERTY_RUNS'] ?? 1);
  return Math.max(1, Math.ceil(count * share));
}
