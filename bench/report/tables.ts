/** The tables of the report, each from the results alone. */
import { CONTENDER_TITLES, type ContenderName } from '../contenders/contender.js';
import type { Mode } from '../load/skim.js';
import { goalSizes, type Cell, type Size } from '../plan.js';
import type { Results } from '../results.js';
import { bytes, number, ratio, type TableText, times } from './format.js';
import { bestPeer, goals, goalsByRun, MODE_TITLES, MODES, verdict } from './goals.js';
import { type Figure, figureOf, figures, ofChange, type Question } from './lookup.js';

/** What is in a row: a contender, and from how many localities its clients come. */
interface Row {
  readonly contender: ContenderName;
  readonly localities: number;
}

const ROWS: readonly Row[] = [
  { contender: 'snapshot', localities: 1 },
  { contender: 'linear', localities: 1 },
  { contender: 'library', localities: 1 },
  { contender: 'serve', localities: 1 },
  { contender: 'serve', localities: 8 },
];

function titleOf({ contender, localities }: Row): string {
  return localities === 1 ? CONTENDER_TITLES[contender] : `${CONTENDER_TITLES[contender]}, ${localities} localities`;
}

export function goalTable(results: Results): TableText {
  const held = goalsByRun(results);
  const rows = goals(results).map((goal, index) => [
    goal.title,
    goal.wanted,
    goal.got,
    verdict(goal),
    held[index] ?? '–',
  ]);
  return { head: ['goal', 'wanted', 'measured', '', 'runs that met it'], rows };
}

/** Sizes that were measured, the smaller first. */
export function sizesOf({ cells }: Results): readonly Size[] {
  const known = new Map(
    cells.map(({ cell: { services, clients } }) => [`${services}/${clients}`, { services, clients }]),
  );
  return [...known.values()].sort((a, b) => a.services - b.services || a.clients - b.clients);
}

/** Sizes at which `lifeboat serve` is not alone. */
export function comparedSizes(results: Results): readonly Size[] {
  return sizesOf(results).filter(({ services, clients }) =>
    results.cells.some(
      ({ cell }) => cell.contender !== 'serve' && cell.services === services && cell.clients === clients,
    ),
  );
}

interface Column {
  readonly title: string;
  readonly show: (question: Question, results: Results) => string;
}

function plain(title: string, figure: Figure, show: (value: number | undefined) => string = number): Column {
  return { title, show: (question, results) => show(figureOf(results, question, figure)) };
}

/** How many times less this is than the better of the caches, and than the snapshot cache. */
function against(title: string, figure: Figure): Column {
  return {
    title: `${title}: against the better cache, the snapshot cache`,
    show: (question, results) => {
      if (question.contender === 'snapshot' || question.contender === 'linear') return '';
      const own = figureOf(results, question, figure);
      const snapshot = figureOf(results, { ...question, contender: 'snapshot', localities: 1 }, figure);
      return `${times(ratio(bestPeer(results, question, question.mode, figure), own))}, ${times(ratio(snapshot, own))}`;
    },
  };
}

const CHANGE_COLUMNS: readonly Column[] = [
  plain('last client, ms', figures.lastMs),
  against('sooner', figures.lastMs),
  plain('server CPU, ms', figures.serverCpuMs),
  against('less CPU', figures.serverCpuMs),
  plain('first client, ms', figures.firstMs),
  plain('client CPU, ms', figures.clientCpuMs),
  plain('bytes to all', figures.changeBytes, bytes),
  {
    title: 'resources per client',
    show: (question, results) => number(ratio(figureOf(results, question, figures.changeResources), question.clients)),
  },
];

const COLD_COLUMNS: readonly Column[] = [
  plain('until all have all, s', (result) => (figures.coldWallMs(result) ?? NaN) / 1000 || undefined),
  plain('server CPU, s', figures.coldCpuSeconds),
  against('less CPU', figures.coldCpuSeconds),
  plain('peak memory, MB', figures.coldPeakMb),
  against('less memory', figures.coldPeakMb),
  plain('client CPU, s', figures.clientColdCpuSeconds),
  plain('bytes to all', figures.coldBytes, bytes),
];

const CHURN_COLUMNS: readonly Column[] = [
  plain('made per second', figures.madePerSecond),
  plain('p99 lag, ms', figures.churnP99Ms),
  plain('until all have the last, ms', figures.churnTailMs),
  plain('server core', figures.churnServerShare, percent),
  plain('client core', figures.churnClientShare, percent),
];

function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${number(100 * share)} %`;
}

export function changeTable(results: Results, size: Size, mode: Mode): TableText {
  return comparison(results, size, mode, CHANGE_COLUMNS, figures.serverCpuMs);
}

export function coldTable(results: Results, size: Size, mode: Mode): TableText {
  return comparison(results, size, mode, COLD_COLUMNS, figures.coldCpuSeconds);
}

export function churnTable(results: Results, size: Size, mode: Mode): TableText {
  return comparison(results, size, mode, CHURN_COLUMNS, figures.madePerSecond);
}

/** A row for each contender that has the figure. */
function comparison(results: Results, size: Size, mode: Mode, columns: readonly Column[], needed: Figure): TableText {
  const rows = ROWS.map((row) => ({ row, question: { ...size, ...row, mode } }))
    .filter(({ question }) => figureOf(results, question, needed) !== undefined)
    .map(({ row, question }) => [titleOf(row), ...columns.map(({ show }) => show(question, results))]);
  return {
    head: [
      `${number(size.services)} × ${number(size.clients)}, ${MODE_TITLES[mode]}`,
      ...columns.map(({ title }) => title),
    ],
    rows,
  };
}

/** What `lifeboat serve` needs before any client comes. */
export function startupTable(results: Results): TableText {
  const services = [...new Set(results.cells.map(({ cell }) => cell.services))].sort((a, b) => a - b);
  const figure = (count: number, pick: Figure): string => {
    const found = results.cells.find(({ cell }) => cell.contender === 'serve' && cell.services === count);
    return number(found && pick(found));
  };
  const rows = services.map((count) => [
    number(count),
    figure(count, figures.startupSeconds),
    figure(count, figures.startupCpuSeconds),
    figure(count, figures.startupMb),
  ]);
  return { head: ['services, a file each', 'until ready, s', 'CPU, s', 'memory, MB'], rows };
}

/** Listeners and routes as well, and policies that change. */
export function everythingTable(results: Results): TableText {
  const cells = distinct(results.cells.map(({ cell }) => cell).filter(({ types }) => types === 'all'));
  const policy = {
    last: ofChange(({ lastMs }) => lastMs, 'policy'),
    cpu: ofChange(({ serverCpuMs }) => serverCpuMs, 'policy'),
    bytes: ofChange(({ wireBytes }) => wireBytes, 'policy'),
  };
  const rows = cells.map((cell) => {
    const of = (figure: Figure): number | undefined => figureOf(results, cell, figure);
    return [
      `${number(cell.services)} × ${number(cell.clients)}, ${MODE_TITLES[cell.mode]}`,
      number(of(figures.coldCpuSeconds)),
      number(of(figures.coldPeakMb)),
      bytes(of(figures.coldBytes)),
      number(of(figures.lastMs)),
      number(of(figures.serverCpuMs)),
      number(of(policy.last)),
      number(of(policy.cpu)),
      bytes(of(policy.bytes)),
    ];
  });
  const head = [
    'lifeboat serve, 8 localities',
    'cold: CPU, s',
    'peak memory, MB',
    'bytes',
    'endpoint: last client, ms',
    'CPU, ms',
    'policy: last client, ms',
    'CPU, ms',
    'bytes',
  ];
  return { head, rows };
}

function distinct(cells: readonly Cell[]): readonly Cell[] {
  return [...new Map(cells.map((cell) => [JSON.stringify([cell.services, cell.clients, cell.mode]), cell])).values()];
}

/** `lifeboat serve` with every number of services and of clients; beside each figure that for clients in eight localities. */
export function matrixTable(results: Results, mode: Mode): TableText {
  const columns: readonly (readonly [string, Figure])[] = [
    ['cold: CPU, s', figures.coldCpuSeconds],
    ['peak memory, MB', figures.coldPeakMb],
    ['endpoint: last client, ms', figures.lastMs],
    ['CPU, ms', figures.serverCpuMs],
  ];
  const rows = sizesOf(results).map((size) => [
    `${number(size.services)} × ${number(size.clients)}`,
    ...columns.map(([, figure]) =>
      [1, 8]
        .map((localities) => number(figureOf(results, { ...size, contender: 'serve', mode, localities }, figure)))
        .join(' / '),
    ),
  ]);
  return { head: [`${MODE_TITLES[mode]}, 1 / 8 localities`, ...columns.map(([title]) => title)], rows };
}

/** CPU of a change as the number of services grows. */
export function growthTable(results: Results): TableText {
  const { small, grown } = goalSizes(results.extent);
  const { clients } = small;
  const services = sizesOf(results)
    .filter((size) => size.clients === clients)
    .map((size) => size.services);
  const rows = MODES.flatMap((mode) =>
    (['snapshot', 'linear', 'library', 'serve'] as const).map((contender) => {
      const cpu = (count: number): number | undefined =>
        figureOf(results, { contender, mode, clients, services: count }, figures.serverCpuMs);
      return [
        `${CONTENDER_TITLES[contender]}, ${MODE_TITLES[mode]}`,
        ...services.map((count) => number(cpu(count))),
        times(ratio(cpu(grown.services), cpu(small.services))),
      ];
    }),
  ).filter(([, ...cells]) => cells.some((cell) => cell !== '–'));
  return {
    head: [
      `server CPU per change, ms, ${clients} clients`,
      ...services.map((count) => `${number(count)} services`),
      'growth',
    ],
    rows,
  };
}

/** Bare sockets beside `lifeboat serve` in delta. */
export function floorTable(results: Results): TableText {
  const rows = results.floors.map((floor) => {
    const question = { contender: 'serve', mode: 'delta', services: floor.services, clients: floor.clients } as const;
    const [last, cpu] =
      floor.of === 'change'
        ? [figures.lastMs, figures.serverCpuMs]
        : [figures.coldWallMs, (result: Parameters<Figure>[0]) => scale(figures.coldCpuSeconds(result))];
    return [
      `${floor.of === 'change' ? 'a change' : 'a cold start'}, ${number(floor.services)} × ${number(floor.clients)}`,
      bytes(floor.bytes),
      number(floor.change.lastMs),
      number(figureOf(results, question, last)),
      number(floor.change.serverCpuMs),
      number(figureOf(results, question, cpu)),
    ];
  });
  return {
    head: [
      'the same bytes to as many sockets',
      'bytes each',
      'sockets: last, ms',
      'lifeboat serve: last, ms',
      'sockets: CPU, ms',
      'lifeboat serve: CPU, ms',
    ],
    rows,
  };
}

function scale(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : 1000 * seconds;
}
