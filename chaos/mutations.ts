/** Mistakes that a server could make: copies of the built program with one of them each. The checker must find them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyProgram } from '../integration/support/processes/copied-program.js';
import type { RuleName } from './check/violation.js';
import type { Step } from './run/operations.js';

export interface Mutation {
  /** The rule that finds it. */
  readonly rule: RuleName;
  readonly what: string;
  /** A file of the built program. */
  readonly file: string;
  /** This text, which the file has once, is replaced. */
  readonly text: string;
  readonly by: string;
  /** Steps that let it show. */
  readonly steps: readonly Step[];
}

const APPEAR: Step = { operation: { kind: 'others', others: [true, true, true] }, waitMs: 1_500 };
const DISAPPEAR: Step = { operation: { kind: 'others', others: [false, false, false] }, waitMs: 1_500 };

export const MUTATIONS: readonly Mutation[] = [
  {
    rule: 'final-state',
    what: 'an incremental client is not told of removals',
    file: 'xds/batches/plan.js',
    text: 'this.#removed.push(name)',
    by: 'void 0',
    steps: [APPEAR, DISAPPEAR],
  },
  {
    rule: 'versions',
    what: 'versions depend on the time',
    file: 'xds/resources/resource.js',
    text: 'options.version ?? defaultVersion(value, aliases)',
    by: 'defaultVersion(value, aliases) + process.hrtime.bigint()',
    steps: [{ operation: { kind: 'control-plane', how: 'restart', forMs: 100 }, waitMs: 1_500 }],
  },
  {
    rule: 'references',
    what: 'types are sent in any order',
    file: 'xds/streams/type-order.js',
    text: 'const { typeUrl } = subscription;\n    const numbers',
    by: 'return UNLIMITED;\n    const { typeUrl } = subscription;\n    const numbers',
    steps: [APPEAR, DISAPPEAR],
  },
  {
    rule: 'requests',
    what: 'routes have no retries',
    file: 'envoy/fields/retry-policy.js',
    text: 'if (numRetries === 0)',
    by: 'if (numRetries >= 0)',
    steps: [
      { operation: { kind: 'backend', how: 'refuse', site: 'east', index: 0 }, waitMs: 1_500 },
      { operation: { kind: 'backend', how: 'restore', site: 'east', index: 0 }, waitMs: 1_500 },
      { operation: { kind: 'backend', how: 'fail', site: 'east', index: 1 }, waitMs: 1_500 },
    ],
  },
];

/**
 * Copies the built program to an empty directory and makes the mistake there. Returns the path of the program.
 * @throws Error if the text is not there once: the mutation must follow the program.
 */
export async function mutatedProgram(directory: string, { file, text, by }: Mutation): Promise<string> {
  const program = await copyProgram(directory);
  const path = join(directory, 'dist/src', file);
  const parts = (await readFile(path, 'utf8')).split(text);
  if (parts.length !== 2) throw new Error(`${file} has "${text}" ${parts.length - 1} times, not once`);
  await writeFile(path, parts.join(by));
  return program;
}
