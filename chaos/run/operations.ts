/** The operations and faults of a chaos run, drawn from a seed. */
import fc from 'fast-check';
import { BACKENDS_PER_SITE, OTHER_SERVICES, SITES, type SiteName } from './world.js';

export type Operation =
  /** Backends: `refuse` closes them, `fail` makes them answer 503, `restore` mends both. */
  | {
      readonly kind: 'backend';
      readonly how: 'refuse' | 'fail' | 'restore';
      readonly site: SiteName;
      readonly index: number;
    }
  | { readonly kind: 'site'; readonly how: 'refuse' | 'restore'; readonly site: SiteName }
  /** Files. */
  | { readonly kind: 'list'; readonly site: SiteName; readonly listed: readonly boolean[] }
  | { readonly kind: 'tiers'; readonly tiers: readonly SiteName[] }
  | { readonly kind: 'shift'; readonly shifted: boolean }
  | { readonly kind: 'errors'; readonly errors: number }
  | { readonly kind: 'others'; readonly others: readonly boolean[] }
  | { readonly kind: 'break-file'; readonly file: BreakableFile }
  | { readonly kind: 'mend-files' }
  /** The network between Envoys and the control plane. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'pause'; readonly forMs: number }
  /** Processes. */
  | { readonly kind: 'control-plane'; readonly how: 'crash' | 'restart' | 'freeze'; readonly forMs: number }
  | { readonly kind: 'envoy'; readonly index: number };

/** An operation, and how long the run waits after it, in milliseconds. 0: further operations are part of the same moment. */
export interface Step {
  readonly operation: Operation;
  readonly waitMs: number;
}

export const BREAKABLE_FILES = ['east.yaml', 'policies.yaml', 'failover.yaml'] as const;
export type BreakableFile = (typeof BREAKABLE_FILES)[number];

export const ENVOYS = 2;
const STEPS = { minLength: 12, maxLength: 20, size: 'max' } as const;

const site = fc.constantFrom(...SITES);
const index = fc.nat(BACKENDS_PER_SITE - 1);
const forMs = fc.constantFrom(100, 500, 1_500);
const listed = fc.array(fc.boolean(), { minLength: BACKENDS_PER_SITE, maxLength: BACKENDS_PER_SITE });

/** With the weight of each. */
const OPERATIONS: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<Operation>])[] = [
  [6, record({ kind: 'backend', how: fc.constantFrom('refuse', 'fail', 'restore', 'restore'), site, index })],
  [2, record({ kind: 'site', how: fc.constantFrom('refuse', 'restore', 'restore'), site })],
  [4, record({ kind: 'list', site, listed })],
  [2, record({ kind: 'tiers', tiers: fc.shuffledSubarray([...SITES], { minLength: 1 }) })],
  [4, record({ kind: 'shift', shifted: fc.boolean() })],
  [2, record({ kind: 'errors', errors: fc.integer({ min: 1, max: 3 }) })],
  [
    4,
    record({
      kind: 'others',
      others: fc.array(fc.boolean(), { minLength: OTHER_SERVICES, maxLength: OTHER_SERVICES }),
    }),
  ],
  [1, record({ kind: 'break-file', file: fc.constantFrom(...BREAKABLE_FILES) })],
  [1, record({ kind: 'mend-files' })],
  [2, record({ kind: 'cut' })],
  [1, record({ kind: 'pause', forMs })],
  [2, record({ kind: 'control-plane', how: fc.constantFrom('crash', 'restart', 'freeze'), forMs })],
  [1, record({ kind: 'envoy', index: fc.nat(ENVOYS - 1) })],
];

/** Fields that are arbitraries, or fixed. */
function record(
  fields: { readonly kind: Operation['kind'] } & Readonly<Record<string, unknown>>,
): fc.Arbitrary<Operation> {
  const arbitraries = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? fc.constant(value) : value,
  ]);
  return fc.record(
    Object.fromEntries(arbitraries) as Record<string, fc.Arbitrary<unknown>>,
  ) as unknown as fc.Arbitrary<Operation>;
}

const steps = fc.array(
  fc.record({
    operation: fc.oneof(...OPERATIONS.map(([weight, arbitrary]) => ({ weight, arbitrary }))),
    waitMs: fc.constantFrom(0, 0, 50, 200, 600, 1_500),
  }),
  STEPS,
);

/** The same steps for the same seed. */
export function stepsOf(seed: number): readonly Step[] {
  const [drawn = []] = fc.sample(steps, { seed, numRuns: 1 });
  return drawn;
}
