/** The number of cases of property tests. */

/**
 * `count`, or a fraction of it: `PROPERTY_RUNS=0.05` runs a twentieth, at least one case. `make test` sets it for the oldest and the newest
 * Node.js, to find out whether the code works there at all.
 */
export function propertyRuns(count: number): number {
  return Math.max(1, Math.ceil(count * share()));
}

/** The time limit of a test with so many cases, in milliseconds: `ms` or as many times more as there are more cases. */
export function propertyTimeout(ms: number): number {
  return ms * Math.max(1, share());
}

function share(): number {
  return Number(process.env['PROPERTY_RUNS'] ?? 1);
}
