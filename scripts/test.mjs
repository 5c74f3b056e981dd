/**
 * Runs every check of the repository, even if some fail, and ends with the line `N passed, N failed, N skipped` over all of them. If a step
 * without mocha fails, or a step fails before mocha has counted, it counts as one failure. So does a rule of the xDS protocol without a test.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failuresIn, otherNodes, runOnNodes, TESTS } from './other-nodes.mjs';
import { accountOf } from './rules.cjs';

const NO_RULES = { passed: [], failed: [] };
const NOTHING = { passed: 0, failed: 0, skipped: 0, rules: NO_RULES };
const scratch = mkdtempSync(join(tmpdir(), 'lifeboat-totals-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/**
 * `needed`: if the step fails, the following ones are skipped. `beside`: it runs at the same time as the next one, because each uses one core
 * only; its output follows that of the other.
 */
// The compiler writes its output even after a type error, so the tests still run.
const STEPS = [
  { name: 'setup', command: 'make', args: ['--no-print-directory', 'setup'], needed: true },
  { name: 'build', command: 'make', args: ['--no-print-directory', 'build'] },
  // Not by make, which would build again after a failed build, below the feet of the tests.
  { name: 'lint', command: 'npm', args: ['run', '--silent', 'lint'], beside: true },
  {
    name: 'programs of Kubernetes',
    command: 'sh',
    // One after the other: each compiles on all cores.
    args: ['-c', 'integration/support/kubernetes/build.sh && integration/support/packaging/build.sh'],
    beside: true,
  },
  {
    name: 'unit, protocol and golden tests',
    mocha: ['dist/src/**/*.test.js', 'dist/bench/**/*.test.js', 'dist/chaos/**/*.test.js', 'scripts/*.test.mjs'],
  },
  { name: 'unit tests on the oldest and the newest Node.js', others: true },
  { name: 'integration tests', mocha: ['--config', '.mocharc.integration.json'] },
];

const results = [];
const beside = [];
for (const [index, step] of STEPS.entries()) {
  if (step.beside) {
    const output = [];
    beside.push({ step, output, running: run(step, index, output) });
    continue;
  }
  const ended = await tell(step, () => run(step, index));
  for (const { step: other, output, running } of beside.splice(0))
    await tell(other, async () => {
      const result = await running;
      process.stdout.write(output.join(''));
      return result;
    });
  if (!ended.succeeded && step.needed) break;
}
process.exitCode = conclude(results);

async function tell(step, result) {
  console.log(`\n== ${step.name}`);
  const ended = await result();
  results.push({ step, ...ended });
  return ended;
}

/** `output`: gets what the step writes. Default: it is shown at once. */
function run({ mocha, others, command, args }, index, output) {
  if (others) return runOthers();
  return mocha ? runMocha(mocha, index) : runCommand(command, args, output);
}

/** Runs the tests on all other versions of Node.js. Each test counts once for each version. */
async function runOthers() {
  const nodes = otherNodes();
  if (nodes === undefined) return { succeeded: false, totals: { ...NOTHING, failed: 1 } };
  const runs = (await runOnNodes(nodes, TESTS, scratch)).map(({ version, status, totals, output }) => {
    const counted = count(status, totals);
    console.log(`${version}: ${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped`);
    if (status !== 0) console.log(failuresIn(output));
    return { succeeded: status === 0, totals: counted };
  });
  return { succeeded: runs.every(({ succeeded }) => succeeded), totals: sumOf(runs.map(({ totals }) => totals)) };
}

async function runCommand(command, args, output) {
  const status = await statusOf(command, args, process.env, output);
  return { succeeded: status === 0, totals: status === 0 ? NOTHING : { ...NOTHING, failed: 1 } };
}

async function runMocha(args, index) {
  const file = join(scratch, `${index}.json`);
  // By default, mocha colours its output in CI too.
  const plain = process.stdout.isTTY && !process.env.NO_COLOR ? [] : ['--no-color'];
  const reporter = ['--reporter', './scripts/totals-reporter.cjs'];
  const env = { ...process.env, MOCHA_TOTALS: file };
  const status = await statusOf('node_modules/.bin/mocha', [...reporter, ...plain, ...args], env);
  return { succeeded: status === 0, totals: count(status, file) };
}

/** Runs a program to its end. Returns its exit code, `null` if a signal ended it or it could not be started. */
async function statusOf(command, args, env, output) {
  const child = spawn(command, args, { env, stdio: output ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => output.push(text));
  return new Promise((done) => {
    child.once('close', done);
    child.once('error', (error) => {
      console.error(error.message);
      done(null);
    });
  });
}

/** The totals of a mocha run. It may fail without a failed test: in a global fixture, or if a file cannot be loaded. */
function count(status, file) {
  const totals = read(file);
  const unaccounted = status !== 0 && totals.failed === 0 ? 1 : 0;
  return { ...totals, failed: totals.failed + unaccounted };
}

function sumOf(totals) {
  const sum = (field) => totals.reduce((total, one) => total + one[field], 0);
  const rules = (field) => totals.flatMap((one) => one.rules[field]);
  return {
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
    rules: { passed: rules('passed'), failed: rules('failed') },
  };
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return NOTHING;
  }
}

/** Prints the totals. Returns the exit code. */
function conclude(all) {
  const totals = sumOf(all.map((result) => result.totals));
  const rules = accountOf([totals.rules]);
  const [passed, failed, skipped] = [totals.passed, totals.failed + rules.failures, totals.skipped];
  console.log();
  for (const { step, succeeded } of all) if (!succeeded) console.log(`${step.name}: failed`);
  const skippedInCi = process.env.CI === 'true' && skipped > 0;
  if (skippedInCi) console.log('A skipped test is a failure in CI.');
  for (const line of rules.lines) console.log(line);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed > 0 || skippedInCi || all.some(({ succeeded }) => !succeeded) ? 1 : 0;
}
