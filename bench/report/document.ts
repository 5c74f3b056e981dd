/** Writes docs/performance.md from the figures. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { goalSizes } from '../plan.js';
import type { Figures } from '../figures.js';
import { costsOf } from '../scale/costs.js';
import { lossTable, REPLICA, sizingTable } from '../scale/tables.js';
import { boundsOf } from './bounds.js';
import { markdownTable, number, type TableText } from './format.js';
import { missedGoals, MODES } from './goals.js';
import { STARTUP, reasonsFor } from './reasons.js';
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
import { nodeVersions, virtualHosts } from './by-hand.js';

export const DOCUMENT = 'docs/performance.md';

export function writeDocument(figures: Figures, file: string = DOCUMENT): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, toMarkdown(figures));
}

export function toMarkdown(figures: Figures): string {
  return `${[...introduction(figures), ...comparison(figures), ...inDepth(figures), ...nodeVersions(), ...virtualHosts(), ...atScale(figures)].filter((part) => part !== '').join('\n\n')}\n`;
}

function introduction(figures: Figures): readonly string[] {
  const { machine, extent, runs, date } = figures;
  const reasons = reasonsFor(missedGoals(figures));
  const cores = machine.pinned ? 'server and client run on separate cores' : 'server and client share the cores';
  return [
    '# Performance',
    '<!-- Written by `make bench` from bench/results/figures.json. -->',
    `These figures are from \`make bench\` (extent \`${extent}\`, ${runs === 1 ? 'one run' : `medians of ${runs} runs`}) on ${date.slice(0, 10)}: ${machine.cpu}, ${machine.cores} cores, ${number(machine.memoryGb)} GB, ` +
      `${machine.system}, Node.js ${machine.node}${machine.go === '' ? '' : `, ${machine.go}`}; ${cores}. ${machine.loadAverage > 0.7 ? `The machine was also running other programs (load ${number(machine.loadAverage)}), so the figures are only approximate. ` : ''}` +
      'All programs were measured in the same runs, so the ratios apply to other machines better than the absolute times.',
    ...(machine.peerMissing === '' ? [] : [`The columns of go-control-plane are missing: ${machine.peerMissing}.`]),
    'The client simulates Envoys. Each has a TCP connection and an ADS stream, subscribes to all clusters and then to their endpoints, and acknowledges every response. A service has six endpoints in three localities, ' +
      'and each locality is a priority. `lifeboat serve` is the complete program. It reads one file per service, and a change replaces a file. The time includes detecting the change. ' +
      '`lifeboat/xds` is the server as a library. As with go-control-plane, the benchmark passes it the changed resources directly. ' +
      'Both use the transport `http2`, which is for hundreds of Envoys; rows with “grpc-js” show the default transport ([operation.md](operation.md#transports) says when to choose which). A size such as “1 000 × 500” means 1 000 services and 500 clients.',
    '## Goals',
    table(goalTable(figures), 'words'),
    ...(reasons.length === 0
      ? []
      : ['Reasons for the goals that are not met in every run:', reasons.map((text) => `- ${text}`).join('\n')]),
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
    'The tables show the time until the last client has the change (the median of the changes), the CPU that the server uses for it, and what the server sends.',
    ...each(changeTable),
    '## Cold start',
    'All clients connect at the same time. These figures do not include reading the files (see *The whole program*).',
    ...each(coldTable),
    '## 500 changes a second',
    'Each change is made at its scheduled time, even if the previous one has not arrived. The lag is the time from then until a client has the change, or a later one of the same service.',
    ...MODES.map((mode) => table(churnTable(figures, goal, mode))),
  ];
}

function inDepth(figures: Figures): readonly string[] {
  const everything = everythingTable(figures);
  return [
    '## The whole program',
    'Reading the files, before the first client connects:',
    table(startupTable(figures)),
    STARTUP,
    ...(everything.rows.length === 0
      ? []
      : ['With listeners and routes, and with a policy that changes a cluster:', table(everything)]),
    '## How cost grows',
    table(growthTable(figures)),
    '`lifeboat serve` with all numbers of services and clients:',
    ...MODES.map((mode) => table(matrixTable(figures, mode))),
    ...transports(figures),
    '## Lower bounds',
    'The lower bound is the time that Node.js needs to write the same bytes to plain sockets:',
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
    'The table shows how much more `grpc-js` needs than `http2`. Lifeboat keeps `http2` as long as it is 1.3 times better in a row that matters with hundreds of Envoys:',
    table(text),
  ];
}

function atScale(figures: Figures): readonly string[] {
  const costs = costsOf(figures);
  if (costs === undefined) return [];
  return [
    '## Large fleets, calculated and simulated',
    `This section is not measured. \`bench/scale\` calculates it from the costs above: ${number(1000 * costs.responseMs)} µs of CPU per response and client, ${number(1000 * costs.resourceMs)} µs per further resource, ${number(costs.streamKb)} KB per stream, ` +
      `${number(costs.serviceKb)} KB per service, ${number(costs.changeMs)} ms to compute a change. Each replica has one thread, ${REPLICA.memoryGb} GB and ${REPLICA.gigabitsPerSecond} Gbit/s, of which half are used. A heap above 4 GB needs \`--max-old-space-size\`.`,
    table(sizingTable(costs)),
    'Each stream has at most one unacknowledged response per type, so changes in the meantime are sent together. The table shows the effect when a region is lost, compared with one response per change:',
    table(lossTable(costs)),
  ];
}

function table(text: TableText, align: 'numbers' | 'words' = 'numbers'): string {
  return markdownTable(text, align);
}
