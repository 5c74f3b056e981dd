/**
 * Keeps what a path had when it suddenly holds nothing at all: a disk that is not mounted any more, an emptied ConfigMap or a
 * file cut short looks like the wish to delete everything, and hardly ever is. After a grace time it is taken for that wish.
 * Knows no file system; times are milliseconds of a clock that never jumps.
 */

export interface GraceTimes {
  /** How long what a path had stays in force after it holds nothing. */
  readonly grace: number;
  /** How long nothing more of it must have come back before what is still missing is taken for removed. */
  readonly settle: number;
}

/** What a path that holds nothing had. */
export interface Hold {
  /** Resources that are in force although the path does not show them. */
  readonly held: number;
  /** When they will be removed. */
  readonly until: number;
}

interface Vacancy {
  readonly until: number;
  held: number;
  /** When what is missing counts as removed, once something has come back. */
  settled: number | undefined;
}

export interface Grace {
  /** These paths hold nothing now, and all others hold something or were removed by name. */
  update(vacant: ReadonlySet<string>, now: number): void;
  /** Whether what one of these paths had must stay in force. */
  keeps(paths: Iterable<string>, now: number): boolean;
  /** So many resources of each path are in force only because of {@link keeps}. */
  settle(held: ReadonlyMap<string, number>, now: number): void;
  /** Of a path of which something is kept. */
  hold(path: string): Hold | undefined;
  /** When the answer of {@link keeps} will change next. */
  next(): number | undefined;
}

export function createGrace({ grace, settle }: GraceTimes): Grace {
  const vacancies = new Map<string, Vacancy>();
  const isOver = ({ until, settled }: Vacancy, now: number): boolean => now >= Math.min(until, settled ?? Infinity);
  return {
    update: (vacant, now) => {
      for (const path of vacant) {
        const known = vacancies.get(path);
        if (known === undefined) vacancies.set(path, { until: now + grace, held: 0, settled: undefined });
        else known.settled = undefined;
      }
      for (const [path, vacancy] of vacancies) if (!vacant.has(path)) vacancy.settled ??= now + settle;
    },
    keeps: (paths, now) => {
      for (const path of paths) {
        const vacancy = vacancies.get(path);
        if (vacancy !== undefined && !isOver(vacancy, now)) return true;
      }
      return false;
    },
    settle: (held, now) => {
      for (const [path, vacancy] of vacancies) {
        const count = held.get(path) ?? 0;
        if (vacancy.settled !== undefined && count < vacancy.held) vacancy.settled = now + settle;
        vacancy.held = count;
        // What has come back is as good as new; a path that is still vacant keeps its time, which may be over.
        if (vacancy.settled !== undefined && (count === 0 || isOver(vacancy, now))) vacancies.delete(path);
      }
    },
    hold: (path) => {
      const vacancy = vacancies.get(path);
      return vacancy === undefined || vacancy.held === 0 ? undefined : { held: vacancy.held, until: vacancy.until };
    },
    next: () => {
      const times = [...vacancies.values()]
        .filter(({ held }) => held > 0)
        .map(({ until, settled }) => Math.min(until, settled ?? Infinity));
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}
