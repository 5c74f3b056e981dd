/** How many resources the files under each configured path show, kept up to date file by file. */
import type { ConfigPaths } from './config-path.js';
import type { FileContent } from './content.js';

export interface Occupancy {
  /** Takes note of a file's new content. */
  readonly replace: (file: string, before: FileContent, now: FileContent) => void;
  /** How many resources the files under a configured path show; those count that a mistake hides and that are kept for it. */
  readonly resources: (path: string) => number;
  /** The files that are there and hold nothing. */
  readonly emptied: () => ReadonlySet<string>;
}

export function createOccupancy(paths: ConfigPaths): Occupancy {
  const counts = new Map<string, number>();
  const emptied = new Set<string>();
  return {
    replace: (file, before, now) => {
      if (now.empty === true) emptied.add(file);
      else emptied.delete(file);
      const more = shown(now) - shown(before);
      if (more === 0) return;
      for (const { path } of paths.holding(file)) counts.set(path, (counts.get(path) ?? 0) + more);
    },
    resources: (path) => counts.get(path) ?? 0,
    emptied: () => emptied,
  };
}

function shown({ resources, kept }: FileContent): number {
  return resources.length + kept.length;
}
