/**
 * Measures, with a real Envoy, one port whose virtual hosts are all in the route configuration (RDS), and one whose virtual hosts are sent on
 * demand (VHDS). Prints Markdown. `VHDS_HOSTS=1000,5000`: the numbers of virtual hosts.
 */
import { type TableText, bytes, markdownTable, number } from '../report/format.js';
import { checks } from './checks.js';
import { type Figures, measure } from './measure.js';
import type { Way } from './messages.js';
import { type Answer, latency, startBackend } from './requests.js';
import { troubles } from './troubles.js';

type Row = readonly [title: string, text: (figures: Figures) => string];

const ROWS: readonly Row[] = [
  ['bytes until Envoy listens', (of) => bytes(of.startBytes)],
  ['bytes in total with 50 hosts in use', (of) => bytes(of.usedBytes)],
  ["Envoy's memory when it listens", (of) => bytes(of.startMemory)],
  ["Envoy's memory with 50 hosts in use", (of) => bytes(of.usedMemory)],
  ['connection to first request served', (of) => ms(of.firstServedMs)],
  ['one changed host: bytes', (of) => bytes(of.changeBytes)],
  ['one changed host: in force after', (of) => ms(of.changeMs)],
  ["one changed host: Envoy's CPU", (of) => ms(of.changeEnvoyMs)],
  ["one changed host: the server's CPU", (of) => ms(of.changePlaneMs)],
  ['– encoding, elapsed time', (of) => ms(of.changeEncodingMs)],
  ['first request to a host, p50', (of) => ms(latency(of.first, 0.5))],
  ['first request to a host, p99', (of) => ms(latency(of.first, 0.99))],
  ['later requests, p50', (of) => ms(latency(of.later, 0.5))],
  ['later requests, p99', (of) => ms(latency(of.later, 0.99))],
  ['host that does not exist, first request', (of) => answer(of.missing[0])],
  ['host that does not exist, second request', (of) => answer(of.missing[1])],
  ['200 requests at once to 100 unknown hosts: failures', (of) => String(of.burstFailures)],
  ['200 requests at once to 100 unknown hosts: the last after', (of) => ms(of.burstMs)],
  ['control plane away: known host', (of) => answer(of.awayKnown)],
  ['control plane away: unknown host', (of) => answer(of.awayUnknown)],
  ['control plane back: request that waited, after', (of) => ms(of.returnMs)],
  ['control plane back: bytes', (of) => bytes(of.returnBytes)],
  ['control plane back: virtual hosts sent on demand', (of) => number(of.returnHosts)],
  ["each further host that does not exist: Envoy's memory", (of) => bytes(of.strangerBytes)],
  ["each further host that does not exist: Envoy's CPU", (of) => ms(of.strangerEnvoyMs)],
];

const HOSTS = (process.env['VHDS_HOSTS'] ?? '1000,5000').split(',').map(Number);
const WAYS: readonly Way[] = ['rds', 'vhds'];

const backend = await startBackend();
try {
  const cases: { readonly title: string; readonly figures: Figures }[] = [];
  for (const hosts of HOSTS)
    for (const way of WAYS)
      cases.push({ title: `${way.toUpperCase()}, ${number(hosts)}`, figures: await measure(way, hosts, backend.port) });
  const figures: TableText = {
    head: ['', ...cases.map(({ title }) => title)],
    rows: ROWS.map(([title, text]) => [title, ...cases.map((each) => text(each.figures))]),
  };
  const found: TableText = {
    head: ['with VHDS', 'found'],
    rows: [...(await checks(backend.port)), ...(await troubles(backend.port))].map((check) => [
      check.what,
      check.found,
    ]),
  };
  process.stdout.write(`${markdownTable(figures)}\n\n${markdownTable(found, 'words')}\n`);
} finally {
  backend.server.close();
  backend.server.closeAllConnections();
}

function ms(value: number): string {
  return `${number(value)} ms`;
}

function answer(given: Answer | undefined): string {
  if (given === undefined) return '–';
  return given.status === 0 ? `none in ${ms(given.ms)}` : `${String(given.status)} in ${ms(given.ms)}`;
}
