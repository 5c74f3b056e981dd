/** The goals, and whether they are met. Undecided without the necessary figures. */
import { CHURN_PER_SECOND, type GoalSizes, goalSizes, type Size } from '../plan.js';
import type { Mode } from '../load/skim.js';
import type { FigureName, Figures } from '../figures.js';
import { bytes, number, ratio, times } from './format.js';
import { figureOf, runOf } from './lookup.js';

export interface Goal {
  readonly title: string;
  readonly wanted: string;
  readonly got: string;
  readonly met: boolean | undefined;
}

export const MODES: readonly Mode[] = ['sotw', 'delta'];
export const MODE_TITLES: Readonly<Record<Mode, string>> = { sotw: 'state of the world', delta: 'delta' };

/** The better one of go-control-plane's two caches, for this figure. */
export function bestPeer(figures: Figures, size: Size, mode: Mode, figure: FigureName): number | undefined {
  const found = (['snapshot', 'linear'] as const).flatMap(
    (contender) => figureOf(figures, { ...size, contender, mode }, figure) ?? [],
  );
  return found.length === 0 ? undefined : Math.min(...found);
}

export function goals(figures: Figures): readonly Goal[] {
  const sizes = goalSizes(figures.extent);
  return [
    ...MODES.flatMap((mode) => changeGoals(figures, sizes, mode)),
    ...MODES.flatMap((mode) => coldGoals(figures, sizes, mode)),
    ...MODES.map((mode) => churnGoal(figures, sizes, mode)),
    startGoal(figures, sizes),
    ...figures.idle.map(({ contender, kilobytesPerStream, streams, failure }) => ({
      title: `memory of an idle stream, ${number(streams)} streams, ${contender === 'serve' ? 'lifeboat serve' : 'lifeboat/xds'}`,
      wanted: '≤ 40 KB',
      got: failure === '' ? `${number(kilobytesPerStream)} KB` : failure,
      met: failure === '' && kilobytesPerStream <= 40,
    })),
  ];
}

function changeGoals(figures: Figures, { goal, small, grown }: GoalSizes, mode: Mode): readonly Goal[] {
  const serve = { ...goal, contender: 'serve', mode } as const;
  const own = (figure: FigureName): number | undefined => figureOf(figures, serve, figure);
  const best = (figure: FigureName): number | undefined => ratio(bestPeer(figures, goal, mode, figure), own(figure));
  const snapshot = ratio(figureOf(figures, { ...serve, contender: 'snapshot' }, 'lastMs'), own('lastMs'));
  const growth = ratio(
    figureOf(figures, { ...serve, ...grown }, 'serverCpuMs'),
    figureOf(figures, { ...serve, ...small }, 'serverCpuMs'),
  );
  const spread = (figure: FigureName): number | undefined =>
    ratio(figureOf(figures, { ...serve, localities: 8 }, figure), own(figure));
  const [ownBytes, peerBytes] = [own('changeBytes'), bestPeer(figures, goal, mode, 'changeBytes')];
  const where = MODE_TITLES[mode];
  return [
    atLeast(`one endpoint changes, last client, against the faster cache, ${where}`, 10, best('lastMs')),
    ...(mode === 'sotw' ? [atLeast(`the same against the snapshot cache, ${where}`, 50, snapshot)] : []),
    atLeast(`server CPU for it, against the cheaper cache, ${where}`, 10, best('serverCpuMs')),
    atMost(
      `growth of that CPU from ${number(small.services)} to ${number(grown.services)} services, ${where}`,
      1.5,
      growth,
    ),
    atMost(`last client in 8 localities against 1, ${where}`, 2, spread('lastMs')),
    atMost(`server CPU in 8 localities against 1, ${where}`, 2, spread('serverCpuMs')),
    {
      title: `bytes of a change, ${where}`,
      wanted: `≤ ${bytes(peerBytes)}, the peer's`,
      got: bytes(ownBytes),
      met: ownBytes === undefined || peerBytes === undefined ? undefined : ownBytes <= peerBytes,
    },
  ];
}

function coldGoals(figures: Figures, { goal, large }: GoalSizes, mode: Mode): readonly Goal[] {
  const serve = { ...goal, contender: 'serve', mode } as const;
  const own = (figure: FigureName): number | undefined => figureOf(figures, serve, figure);
  const against = (figure: FigureName): number | undefined => ratio(bestPeer(figures, goal, mode, figure), own(figure));
  const snapshot = ratio(
    figureOf(figures, { ...serve, contender: 'snapshot' }, 'coldCpuSeconds'),
    own('coldCpuSeconds'),
  );
  const peak = figureOf(figures, { ...serve, ...large }, 'coldPeakMb');
  const where = MODE_TITLES[mode];
  return [
    atLeast(`cold start, server CPU, against the cheaper cache, ${where}`, 2, against('coldCpuSeconds')),
    atLeast(`the same against the snapshot cache, ${where}`, 5, snapshot),
    atLeast(`cold start, peak memory, against the smaller cache, ${where}`, 3, against('coldPeakMb')),
    {
      title: `peak memory at ${number(large.services)} × ${number(large.clients)}, ${where}`,
      wanted: '≤ 300 MB',
      got: peak === undefined ? '–' : `${number(peak)} MB`,
      met: peak === undefined ? undefined : peak <= 300,
    },
  ];
}

function startGoal(figures: Figures, { large }: GoalSizes): Goal {
  const seconds = figureOf(figures, { ...large, contender: 'serve', mode: 'delta' }, 'startupSeconds');
  return {
    title: `ready with ${number(large.services)} services in files`,
    wanted: '≤ 4 s',
    got: seconds === undefined ? '–' : `${number(seconds)} s`,
    met: seconds === undefined ? undefined : seconds <= 4,
  };
}

function churnGoal(figures: Figures, { goal }: GoalSizes, mode: Mode): Goal {
  const serve = { ...goal, contender: 'serve', mode } as const;
  const [made, p99] = [figureOf(figures, serve, 'madePerSecond'), figureOf(figures, serve, 'churnP99Ms')];
  return {
    title: `${CHURN_PER_SECOND} changes a second, ${MODE_TITLES[mode]}`,
    wanted: 'all made, p99 ≤ 300 ms',
    got: `${number(made)} made, p99 ${number(p99)} ms`,
    met: made === undefined || p99 === undefined ? undefined : made >= 0.98 * CHURN_PER_SECOND && p99 <= 300,
  };
}

function atLeast(title: string, least: number, got: number | undefined): Goal {
  return { title, wanted: `≥ ${least} ×`, got: times(got), met: got === undefined ? undefined : got >= least };
}

function atMost(title: string, most: number, got: number | undefined): Goal {
  return { title, wanted: `≤ ${most} ×`, got: times(got), met: got === undefined ? undefined : got <= most };
}

export function verdict({ met }: Goal): string {
  if (met === undefined) return 'not measured';
  return met ? 'met' : '**not met**';
}

/** The number of runs that met each goal, of the runs with its figures: `5 of 5`. In the order of `goals`. */
export function goalsByRun(figures: Figures): readonly string[] {
  const runs = Array.from({ length: figures.runs }, (_, run) => goals(runOf(figures, run)));
  return goals(figures).map((_goal, index) => {
    const said = runs.flatMap((run) => run[index]?.met ?? []);
    return said.length === 0 ? '–' : `${said.filter(Boolean).length} of ${said.length}`;
  });
}

/** The goals that the medians or any run missed. */
export function missedGoals(figures: Figures): readonly Goal[] {
  const runs = Array.from({ length: figures.runs }, (_, run) => goals(runOf(figures, run)));
  return goals(figures).filter((goal, index) => goal.met === false || runs.some((run) => run[index]?.met === false));
}
