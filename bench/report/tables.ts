/** The tables of the report. */
import { CONTENDER_TITLES, type ContenderName, isOurs } from '../contenders/contender.js';
import type { Mode } from '../load/skim.js';
import { goalSizes, type Size } from '../plan.js';
import type { CellName, FigureName, Figures } from '../figures.js';
import { bytes, number, ratio, type TableText, times } from './format.js';
import { bestPeer, goals, goalsByRun, MODE_TITLES, MODES, verdict } from './goals.js';
import { figureOf, type Question } from './lookup.js';

/** One row: a contender, and the number of localities of its clients. */
interface Row {
  readonly contender: ContenderName;
  readonly localities: number;
}

const ROWS: readonly Row[] = [
  { contender: 'snapshot', localities: 1 },
  { contender: 'linear', localities: 1 },
  { contender: 'library', localities: 1 },
  { contender: 'library-grpc-js', localities: 1 },
  { contender: 'serve', localities: 1 },
  { contender: 'serve-grpc-js', localities: 1 },
  { contender: 'serve', localities: 8 },
];

function titleOf({ contender, localities }: Row): string {
  return localities === 1 ? CONTENDER_TITLES[contender] : `${CONTENDER_TITLES[contender]}, ${localities} localities`;
}

export function goalTable(figures: Figures): TableText {
  const held = goalsByRun(figures);
  const rows = goals(figures).map((goal, index) => [
    goal.title,
    goal.wanted,
    goal.got,
    verdict(goal),
    held[index] ?? '–',
  ]);
  return { head: ['goal', 'target', 'measured', 'result', 'runs that met it'], rows };
}

/** The measured sizes, in increasing order. */
export function sizesOf({ cells }: Figures): readonly Size[] {
  const known = new Map(cells.map(({ services, clients }) => [`${services}/${clients}`, { services, clients }]));
  return [...known.values()].sort((a, b) => a.services - b.services || a.clients - b.clients);
}

/** Sizes at which other contenders were measured too. */
export function comparedSizes(figures: Figures): readonly Size[] {
  return sizesOf(figures).filter(({ services, clients }) =>
    figures.cells.some((cell) => cell.contender !== 'serve' && cell.services === services && cell.clients === clients),
  );
}

interface Column {
  readonly title: string;
  readonly show: (question: Question, figures: Figures) => string;
}

function plain(title: string, figure: FigureName, show: (value: number | undefined) => string = number): Column {
  return { title, show: (question, figures) => show(figureOf(figures, question, figure)) };
}

/** How many times lower the figure is than for the better cache, and than for the snapshot cache. */
function against(title: string, figure: FigureName): Column {
  return {
    title: `${title}: against the better cache, the snapshot cache`,
    show: (question, figures) => {
      if (!isOurs(question.contender)) return '';
      const own = figureOf(figures, question, figure);
      const snapshot = figureOf(figures, { ...question, contender: 'snapshot', localities: 1 }, figure);
      return `${times(ratio(bestPeer(figures, question, question.mode, figure), own))}, ${times(ratio(snapshot, own))}`;
    },
  };
}

const CHANGE_COLUMNS: readonly Column[] = [
  plain('last client, ms', 'lastMs'),
  against('faster', 'lastMs'),
  plain('server CPU, ms', 'serverCpuMs'),
  against('less CPU', 'serverCpuMs'),
  plain('first client, ms', 'firstMs'),
  plain('client CPU, ms', 'clientCpuMs'),
  plain('bytes to all', 'changeBytes', bytes),
  {
    title: 'resources per client',
    show: (question, figures) => number(ratio(figureOf(figures, question, 'changeResources'), question.clients)),
  },
];

const COLD_COLUMNS: readonly Column[] = [
  plain('until all clients have everything, s', 'coldWallMs', (value) => number(value && value / 1000)),
  plain('server CPU, s', 'coldCpuSeconds'),
  against('less CPU', 'coldCpuSeconds'),
  plain('peak memory, MB', 'coldPeakMb'),
  against('less memory', 'coldPeakMb'),
  plain('client CPU, s', 'clientColdCpuSeconds'),
  plain('bytes to all', 'coldBytes', bytes),
];

const CHURN_COLUMNS: readonly Column[] = [
  plain('made per second', 'madePerSecond'),
  plain('p99 lag, ms', 'churnP99Ms'),
  plain('until all clients have the last change, ms', 'churnTailMs'),
  plain('use of the server’s core', 'churnServerShare', percent),
  plain('use of the client’s core', 'churnClientShare', percent),
];

function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${number(100 * share)} %`;
}

export function changeTable(figures: Figures, size: Size, mode: Mode): TableText {
  return comparison(figures, size, mode, CHANGE_COLUMNS, 'serverCpuMs');
}

export function coldTable(figures: Figures, size: Size, mode: Mode): TableText {
  return comparison(figures, size, mode, COLD_COLUMNS, 'coldCpuSeconds');
}

export function churnTable(figures: Figures, size: Size, mode: Mode): TableText {
  return comparison(figures, size, mode, CHURN_COLUMNS, 'madePerSecond');
}

/** A row for each contender with the figure. */
function comparison(
  figures: Figures,
  size: Size,
  mode: Mode,
  columns: readonly Column[],
  needed: FigureName,
): TableText {
  const rows = ROWS.map((row) => ({ row, question: { ...size, ...row, mode } }))
    .filter(({ question }) => figureOf(figures, question, needed) !== undefined)
    .map(({ row, question }) => [titleOf(row), ...columns.map(({ show }) => show(question, figures))]);
  return {
    head: [
      `${number(size.services)} × ${number(size.clients)}, ${MODE_TITLES[mode]}`,
      ...columns.map(({ title }) => title),
    ],
    rows,
  };
}

/** The cost of `lifeboat serve` before the first client connects. */
export function startupTable(figures: Figures): TableText {
  const services = [...new Set(figures.cells.map((cell) => cell.services))].sort((a, b) => a - b);
  const figure = (count: number, name: FigureName): string => {
    const found = figures.cells.find((cell) => cell.contender === 'serve' && cell.services === count);
    return number(found?.figures[name]?.[0] ?? undefined);
  };
  const rows = services.map((count) => [
    number(count),
    figure(count, 'startupSeconds'),
    figure(count, 'startupCpuSeconds'),
    figure(count, 'startupMb'),
  ]);
  return { head: ['services (one file each)', 'until ready, s', 'CPU, s', 'memory, MB'], rows };
}

/** With listeners and routes, and changes of policies. */
export function everythingTable(figures: Figures): TableText {
  const cells = distinct(figures.cells.filter(({ types }) => types === 'all'));
  const rows = cells.map((cell) => {
    const of = (figure: FigureName): number | undefined => figureOf(figures, cell, figure);
    return [
      `${number(cell.services)} × ${number(cell.clients)}, ${MODE_TITLES[cell.mode]}`,
      number(of('coldCpuSeconds')),
      number(of('coldPeakMb')),
      bytes(of('coldBytes')),
      number(of('lastMs')),
      number(of('serverCpuMs')),
      number(of('policyLastMs')),
      number(of('policyServerCpuMs')),
      bytes(of('policyBytes')),
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

function distinct(cells: readonly CellName[]): readonly CellName[] {
  return [...new Map(cells.map((cell) => [JSON.stringify([cell.services, cell.clients, cell.mode]), cell])).values()];
}

/** `lifeboat serve` with all numbers of services and clients. Each figure is followed by the one for clients in eight localities. */
export function matrixTable(figures: Figures, mode: Mode): TableText {
  const columns: readonly (readonly [string, FigureName])[] = [
    ['cold: CPU, s', 'coldCpuSeconds'],
    ['peak memory, MB', 'coldPeakMb'],
    ['endpoint: last client, ms', 'lastMs'],
    ['CPU, ms', 'serverCpuMs'],
  ];
  const rows = sizesOf(figures).map((size) => [
    `${number(size.services)} × ${number(size.clients)}`,
    ...columns.map(([, figure]) =>
      [1, 8]
        .map((localities) => number(figureOf(figures, { ...size, contender: 'serve', mode, localities }, figure)))
        .join(' / '),
    ),
  ]);
  return { head: [`${MODE_TITLES[mode]}, 1 / 8 localities`, ...columns.map(([title]) => title)], rows };
}

/** CPU time of a change for growing numbers of services. */
export function growthTable(figures: Figures): TableText {
  const { small, grown } = goalSizes(figures.extent);
  const { clients } = small;
  const services = sizesOf(figures)
    .filter((size) => size.clients === clients)
    .map((size) => size.services);
  const rows = MODES.flatMap((mode) =>
    (['snapshot', 'linear', 'library', 'serve'] as const).map((contender) => {
      const cpu = (count: number): number | undefined =>
        figureOf(figures, { contender, mode, clients, services: count }, 'serverCpuMs');
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

/** Bare sockets compared with `lifeboat serve` (incremental). */
export function floorTable(figures: Figures): TableText {
  const rows = figures.floors.map((floor) => {
    const question = { contender: 'serve', mode: 'delta', services: floor.services, clients: floor.clients } as const;
    const [last, cpu] =
      floor.of === 'change'
        ? [figureOf(figures, question, 'lastMs'), figureOf(figures, question, 'serverCpuMs')]
        : [figureOf(figures, question, 'coldWallMs'), scale(figureOf(figures, question, 'coldCpuSeconds'))];
    return [
      `${floor.of === 'change' ? 'a change' : 'a cold start'}, ${number(floor.services)} × ${number(floor.clients)}`,
      bytes(floor.bytes),
      number(floor.lastMs),
      number(last),
      number(floor.serverCpuMs),
      number(cpu),
    ];
  });
  return {
    head: [
      'the same bytes to the same number of sockets',
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
