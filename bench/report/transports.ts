/** Compares the default transport with the one for large fleets. `--transport http2` stays while this comparison justifies it. */
import type { ContenderName } from '../contenders/contender.js';
import type { FigureName, Figures } from '../figures.js';
import { number, ratio, type TableText, times } from './format.js';
import { MODE_TITLES, MODES } from './goals.js';
import { figureOf } from './lookup.js';
import { comparedSizes } from './tables.js';

const COLUMNS: readonly (readonly [title: string, figure: FigureName])[] = [
  ['one change, server CPU', 'serverCpuMs'],
  ['one change, last client', 'lastMs'],
  ['cold start, server CPU', 'coldCpuSeconds'],
  ['cold start, peak memory', 'coldPeakMb'],
];

const PAIRS: readonly (readonly [grpcJs: ContenderName, http2: ContenderName])[] = [
  ['library-grpc-js', 'library'],
  ['serve-grpc-js', 'serve'],
];

/** The ratio of `grpc-js` to `http2`. One row for each size, mode and program that was measured with both. */
export function transportTable(figures: Figures): TableText {
  const rows = comparedSizes(figures).flatMap(({ services, clients }) =>
    MODES.flatMap((mode) =>
      PAIRS.map(([grpcJs, http2]) => {
        const question = { services, clients, mode, localities: 1 };
        const shares = COLUMNS.map(([, figure]) =>
          ratio(
            figureOf(figures, { ...question, contender: grpcJs }, figure),
            figureOf(figures, { ...question, contender: http2 }, figure),
          ),
        );
        const title = `${http2 === 'serve' ? 'lifeboat serve' : 'lifeboat/xds'}, ${number(services)} × ${number(clients)}, ${MODE_TITLES[mode]}`;
        return { title, shares };
      }),
    ),
  );
  return {
    head: ['grpc-js takes', ...COLUMNS.map(([title]) => title)],
    rows: rows
      .filter(({ shares }) => shares.some((share) => share !== undefined))
      .map(({ title, shares }) => [title, ...shares.map(times)]),
  };
}
