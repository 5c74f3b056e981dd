/**
 * Runs the unit tests on the oldest and the newest Node.js, both at once: a core each. Property tests run a twentieth of their
 * cases (`PROPERTY_RUNS`), since the question is whether the code works there at all. What a run prints is shown only if it
 * fails.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROPERTY_RUNS = '0.05';
/** The program's own tests; those of the tools and the benchmark run on one Node.js. */
export const TESTS = ['dist/src/**/*.test.js'];

/**
 * The directories of the other Node.js binaries: none where npm has none for the machine, undefined if they could not be
 * fetched.
 */
export function otherNodes(fetch = 'scripts/nodes/fetch.sh') {
  const { status, stdout } = spawnSync(fetch, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  return status === 0 ? stdout.split('\n').filter((line) => line !== '') : undefined;
}

/** Runs `tests` on each of `nodes`; for each its version, whether it succeeded, and the totals as the reporter wrote them. */
export function runOnNodes(nodes, tests, scratch) {
  return Promise.all(nodes.map((node, index) => runOnNode(node, tests, join(scratch, `node-${index}`))));
}

async function runOnNode(directory, tests, file) {
  const version = spawnSync(join(directory, 'node'), ['--version'], { encoding: 'utf8' }).stdout.trim();
  const args = ['--reporter', './scripts/totals-reporter.cjs', '--no-color', ...tests];
  // The tests start programs as `node`, so it is the first on the path.
  const env = { ...process.env, PATH: `${directory}:${process.env.PATH}`, PROPERTY_RUNS, MOCHA_TOTALS: `${file}.json` };
  const child = spawn('node_modules/.bin/mocha', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(`${file}.log`);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const status = await new Promise((done) => child.once('close', done));
  await new Promise((done) => log.end(done));
  return { version, status, totals: `${file}.json`, output: readFileSync(`${file}.log`, 'utf8') };
}

/** What mocha says of failures: from its count of passed tests on, or all if it did not get so far. */
export function failuresIn(output) {
  const end = output.search(/^ {2}\d+ passing/m);
  return end === -1 ? output : output.slice(end);
}
