/**
 * `make bench`: measures, prints the result, and writes bench/results/figures.json and docs/performance.md. BENCH=quick|full, BENCH_RUNS=5.
 */
import { runCampaign } from './campaign.js';
import { buildPeer } from './contenders/peer.js';
import { describeMachine } from './describe-machine.js';
import { choosePinning } from './machine/cores.js';
import { figuresOf, FIGURES, readFigures, writeFigures } from './figures.js';
import { EXTENTS, type Extent, planFor } from './plan.js';
import { DOCUMENT, writeDocument } from './report/document.js';
import { terminalReport } from './report/terminal.js';
import { RESULTS, type Results, writeResults } from './results.js';

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const EXTENT = readExtent(process.env['BENCH'] ?? '');
const RUNS = Math.max(1, Number(process.env['BENCH_RUNS'] ?? 1) || 1);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const BEGAN = performance.now();
const peer = buildPeer();
if ('missing' in peer) say(`The columns of go-control-plane are missing: ${peer.missing}.`);
const pinning = choosePinning();
const PATH = 'path' in peer ? peer.path : undefined;
const plan = planFor(EXTENT, PATH !== undefined);
const machine = describeMachine(pinning, peer);
const measurements = await runCampaign({ pinning, peer: PATH }, plan, RUNS, say);
const results: Results = {
  date: new Date().toISOString(),
  extent: EXTENT,
  runs: RUNS,
  machine,
  ...measurements,
};
// A quick measurement is not stored.
const IS_KEPT = EXTENT !== 'quick';
const FILE = IS_KEPT ? FIGURES : '.cache/bench/quick-figures.json';
writeResults(results, IS_KEPT ? RESULTS : '.cache/bench/quick.json');
writeFigures(figuresOf(results), FILE);
// Read again, so that `make bench-docs` writes the same page.
const figures = readFigures(FILE);
say([terminalReport(figures), ...results.failures].join('\n'));
writeDocument(figures, IS_KEPT ? DOCUMENT : '.cache/bench/quick.md');
say(
  IS_KEPT
    ? `Written to ${DOCUMENT}; everything that was measured is in ${RESULTS}.`
    : `Written to .cache/bench/quick.md; BENCH=quick leaves ${DOCUMENT} alone.`,
);
say(`Took ${Math.round((performance.now() - BEGAN) / 1000)} s.`);
process.exit(0);

function readExtent(text: string): Extent {
  const extent = EXTENTS.find((known) => known === (text === '' ? 'default' : text));
  if (extent === undefined) throw new Error(`BENCH=${text}: choose one of ${EXTENTS.join(', ')}.`);
  return extent;
}
