/** docs/performance.md, written from the figures. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { goalSizes } from '../plan.js';
import type { Figures } from '../figures.js';
import { costsOf } from '../scale/costs.js';
import { lossTable, REPLICA, sizingTable } from '../scale/tables.js';
import { boundsOf } from './bounds.js';
import { markdownTable, number, type TableText } from './format.js';
import { missedGoals, MODES } from './goals.js';
import { reasonsFor } from './reasons.js';
import {
  changeTable,
  churnTable,
  coldTable,
  comparedSizes,
  everythingTable,
  floorTable,
  goalTable,
  growthTable,
  matrixTable,
  startupTable,
} from './tables.js';
import { transportTable } from './transports.js';

export const DOCUMENT = 'docs/performance.md';

export function writeDocument(figures: Figures, file: string = DOCUMENT): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, toMarkdown(figures));
}

export function toMarkdown(figures: Figures): string {
  return `${[...introduction(figures), ...comparison(figures), ...inDepth(figures), ...nodeVersions(), ...atScale(figures)].filter((part) => part !== '').join('\n\n')}\n`;
}

function introduction(figures: Figures): readonly string[] {
  const { machine, extent, runs, date } = figures;
  const reasons = reasonsFor(missedGoals(figures));
  const cores = machine.pinned
    ? 'server on one core and client on another'
    : 'server and client not on cores of their own';
  return [
    '# Performance',
    '<!-- Written by `make bench` from bench/results/figures.json. -->',
    `Measured by \`make bench\` (extent \`${extent}\`, ${runs === 1 ? 'one run' : `medians of ${runs} runs`}) on ${date.slice(0, 10)}: ${machine.cpu}, ${machine.cores} cores, ${number(machine.memoryGb)} GB, ` +
      `${machine.system}, Node.js ${machine.node}${machine.go === '' ? '' : `, ${machine.go}`}; ${cores}. ${machine.loadAverage > 0.7 ? `The machine was busy with other things (load ${number(machine.loadAverage)}), so take the figures as a rough indication. ` : ''}` +
      'All in one run, so ratios carry over to other machines better than milliseconds do.',
    ...(machine.peerMissing === '' ? [] : [`The columns of go-control-plane are missing: ${machine.peerMissing}.`]),
    'The client plays Envoys: a TCP connection and an ADS stream each, clusters and then the endpoints of all of them, everything acknowledged. A service has six endpoints in three localities, ' +
      'each a priority of its own. `lifeboat serve` is the whole program: it reads one file per service, and a change is a file that is replaced; the clock starts there and so includes noticing it. ' +
      '`lifeboat/xds` is the server as a library, which is told of changes, as go-control-plane is. ' +
      'Both serve over `http2`, the transport for large fleets; rows with “grpc-js” show the default (see [operation.md](operation.md#transports)). “Services × clients” names the sizes.',
    '## Goals',
    table(goalTable(figures), 'words'),
    ...(reasons.length === 0
      ? []
      : [
          'What keeps the program from those that are not met in every run:',
          reasons.map((text) => `- ${text}`).join('\n'),
        ]),
  ];
}

function comparison(figures: Figures): readonly string[] {
  const { goal } = goalSizes(figures.extent);
  const each = (make: typeof changeTable): readonly string[] =>
    comparedSizes(figures)
      .flatMap((size) => MODES.map((mode) => make(figures, size, mode)))
      .filter(({ rows }) => rows.length > 1)
      .map((text) => table(text));
  return [
    '## One endpoint changes',
    'Until the last client has it (median of the changes), the server’s CPU for it with all that follows, and what was sent.',
    ...each(changeTable),
    '## Cold start',
    'All clients connect at once. Reading the files is not in it: that stands below.',
    ...each(coldTable),
    '## 500 changes a second',
    'Changes are made when they are due, whether or not the last one has arrived. The lag is from then until a client has the change or a later one of the same service.',
    ...MODES.map((mode) => table(churnTable(figures, goal, mode))),
  ];
}

function inDepth(figures: Figures): readonly string[] {
  const everything = everythingTable(figures);
  return [
    '## The whole program',
    'Reading the files, before any client comes:',
    table(startupTable(figures)),
    ...(everything.rows.length === 0
      ? []
      : ['With listeners and routes as well, and with a policy that changes a cluster:', table(everything)]),
    '## How cost grows',
    table(growthTable(figures)),
    '`lifeboat serve` with every number of services and of clients:',
    ...MODES.map((mode) => table(matrixTable(figures, mode))),
    ...transports(figures),
    '## What bounds the figures',
    'The floor is plain sockets to which Node.js writes the same bytes:',
    table(floorTable(figures)),
    boundsOf(figures)
      .map((sentence) => `- ${sentence}`)
      .join('\n'),
  ];
}

function transports(figures: Figures): readonly string[] {
  const text = transportTable(figures);
  if (text.rows.length === 0) return [];
  return [
    '## Transports',
    '`grpc-js` beside `http2`, which stays as long as it is 1.3 times better in a row that matters to large fleets:',
    table(text),
  ];
}

/** What a comparison of versions by hand found; `make bench` measures one version. */
function nodeVersions(): readonly string[] {
  return [
    '## Node.js versions',
    'By state of the world, Node.js 26 takes more CPU for a change and a quarter more memory than Node.js 20. The cause is the young generation of V8, which may grow to twice the size there (semi-spaces of 32 MB instead of 16 MB). ' +
      'Each client repeats all names in its acknowledgement, so a change brings in megabytes of buffers. Buffers in the young generation are freed only when it is collected. The larger it is, the more of them are alive at the same time, and ' +
      'V8 then collects the whole heap because of the memory outside of it. At 1 000 × 500, in one or two runs on a busy machine (so the counts of collections tell more than the milliseconds):',
    table({
      head: [
        'Node.js',
        'semi-space, MB',
        'young collections',
        'full collections',
        'server CPU per change, ms',
        'peak memory of the cold start, MB',
      ],
      rows: NODE_VERSIONS,
    }),
    'Smaller semi-spaces help on both versions: `NODE_OPTIONS=--max-semi-space-size=8 lifeboat serve …`. Incremental Envoys acknowledge in 80 bytes and do not have this cost.',
  ];
}

const NODE_VERSIONS: readonly (readonly string[])[] = [
  ['20.20', '16 (default)', '86', '10', '78', '207'],
  ['20.20', '8', '152', '3', '38', '196'],
  ['26.12', '32 (default)', '46, 48', '14, 11', '103, 83', '263, 267'],
  ['26.12', '16', '77', '11', '115', '231'],
  ['26.12', '8', '156, 154', '3, 7', '36, 59', '217, 216'],
];

function atScale(figures: Figures): readonly string[] {
  const costs = costsOf(figures);
  if (costs === undefined) return [];
  return [
    '## Toward internet scale, on paper and by simulation',
    `Nobody ran this: it is computed from the costs above (${number(1000 * costs.responseMs)} µs of CPU per response and client, ${number(1000 * costs.resourceMs)} µs per further resource, ${number(costs.streamKb)} KB per stream, ` +
      `${number(costs.serviceKb)} KB per service, ${number(costs.changeMs)} ms to compute a change), each replica being one thread with ${REPLICA.memoryGb} GB and ${REPLICA.gigabitsPerSecond} Gbit/s, half used; a heap above 4 GB needs \`--max-old-space-size\`. By \`bench/scale\`.`,
    table(sizingTable(costs)),
    'A stream has one response in flight, so that what changes meanwhile goes out together. What that is worth when a region is lost:',
    table(lossTable(costs)),
  ];
}

function table(text: TableText, align: 'numbers' | 'words' = 'numbers'): string {
  return markdownTable(text, align);
}
