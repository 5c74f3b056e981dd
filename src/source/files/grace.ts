/**
 * Keeps the resources of a path in force when the path suddenly becomes empty. An unmounted disk, an emptied ConfigMap or a
 * truncated file looks like the deletion of all resources, but rarely is one. When the grace time ends, the resources are
 * deleted. It must not know the file system. Times are milliseconds of a monotonic clock.
 */

export interface GraceTimes {
  /** How long the resources of a path stay in force after it became empty. */
  readonly grace: number;
  /** When some resources are back: how long no further one must come back until the missing ones count as deleted. */
  readonly settle: number;
}

/** The resources of an empty path that are kept. */
export interface Hold {
  /** Number of resources that are in force although no file declares them. */
  readonly held: number;
  /** When they are deleted. */
  readonly until: number;
}

interface Vacancy {
  readonly until: number;
  held: number;
  /** When the missing resources count as deleted; set once the path is no longer empty. */
  settled: number | undefined;
}

export interface Grace {
  /** `vacant`: all paths that are empty now. */
  update(vacant: ReadonlySet<string>, now: number): void;
  /** Whether the resources of one of these paths must stay in force. */
  keeps(paths: Iterable<string>, now: number): boolean;
  /** `held`: by path, the number of resources that are in force only because of {@link keeps}. */
  settle(held: ReadonlyMap<string, number>, now: number): void;
  /** `undefined` if nothing of the path is kept. */
  hold(path: string): Hold | undefined;
  /** When the result of {@link keeps} changes next; `undefined`: never. */
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
        // A path that is back starts anew. A path that is still empty keeps its end time, even if that has passed.
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
