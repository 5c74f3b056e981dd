/** The number of cases of property tests. */

/**
 * `count`, or a fraction of it: `PROPERTY_RUNS=0.05` runs a twentieth, at least one case. `make test` sets it for the oldest and the newest
 * Node.js, to find out whether the code works there at all.
 */
export function propertyRuns(count: number): number {
  const share = Number(process.env['PROPERTY_RUNS'] ?? 1);
  return Math.max(1, Math.ceil(count * share));
}
