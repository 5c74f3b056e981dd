/** The number of resources under each configured path, updated file by file. */
import type { ConfigPaths } from './files/config-path.js';
import type { FileContent } from './contents/last-good-content.js';

export interface ResourceCounts {
  /** Updates the counts for the new content of a file. */
  readonly replace: (file: string, before: FileContent, now: FileContent) => void;
  /** The number of resources under a configured path, including those that are kept because an error hides them. */
  readonly resources: (path: string) => number;
  /** Files that exist and have no resources. */
  readonly emptied: () => ReadonlySet<string>;
}

export function createResourceCounts(paths: ConfigPaths): ResourceCounts {
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
