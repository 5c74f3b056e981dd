/**
 * Runs the unit tests on the oldest and the newest Node.js at the same time, on one core each. Property tests run a twentieth of their cases
 * (`PROPERTY_RUNS`), because the question is whether the code works there at all. The output of a run is printed only if it fails.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROPERTY_RUNS = '0.05';
/** The tests of the program. Those of the tools and the benchmark run on one Node.js only. */
export const TESTS = ['dist/src/**/*.test.js'];

/**
 * The directories of the other Node.js binaries. Empty if npm has none for the machine. `undefined` if the download failed.
 */
export function otherNodes(fetch = 'scripts/nodes/fetch.sh') {
  const { status, stdout } = spawnSync(fetch, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  return status === 0 ? stdout.split('\n').filter((line) => line !== '') : undefined;
}

/** Runs `tests` on each of `nodes`. Returns for each its version, whether it succeeded, and the totals of the reporter. */
export function runOnNodes(nodes, tests, scratch) {
  return Promise.all(nodes.map((node, index) => runOnNode(node, tests, join(scratch, `node-${index}`))));
}

async function runOnNode(directory, tests, file) {
  const version = spawnSync(join(directory, 'node'), ['--version'], { encoding: 'utf8' }).stdout.trim();
  const args = ['--reporter', './scripts/totals-reporter.cjs', '--no-color', ...tests];
  // The tests start programs as `node`, so this Node.js must be the first in PATH.
  const env = { ...process.env, PATH: `${directory}:${process.env.PATH}`, PROPERTY_RUNS, MOCHA_TOTALS: `${file}.json` };
  const child = spawn('node_modules/.bin/mocha', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(`${file}.log`);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const status = await new Promise((done) => child.once('close', done));
  await new Promise((done) => log.end(done));
  return { version, status, totals: `${file}.json`, output: readFileSync(`${file}.log`, 'utf8') };
}

/** The part of mocha's output about failures: from its count of passed tests, or everything if there is no count. */
export function failuresIn(output) {
  const end = output.search(/^ {2}\d+ passing/m);
  return end === -1 ? output : output.slice(end);
}
