/**
 * The operating system's events for a set of directories. One watch per directory also reports changes of its files, so the cost
 * of a change does not depend on the number of files. (Measured with 5 000 files in a directory: 0.4 ms CPU per change, against
 * 27 ms with chokidar, which lists the directory again.) It must not know what an event means.
 */
import { type FSWatcher, statSync, watch } from 'node:fs';

export interface DirectoryWatches {
  /** Watches a directory, unless this same directory is already watched. Never throws. */
  add(directory: string): void;
  /** Ends all watches except those of these directories. */
  retain(directories: Iterable<string>): void;
  /** Whether all added directories are watched. */
  complete(): boolean;
  close(): void;
}

export interface WatchEvents {
  /** An entry of the directory changed; without a name, any entry or the directory itself. */
  readonly onEvent: (directory: string, name: string | undefined) => void;
  /** A directory cannot be watched, or no longer. Called once until it is watched again. */
  readonly onFailure: (directory: string, cause: unknown) => void;
}

interface Watched {
  readonly watcher: FSWatcher;
  /** Distinguishes a directory from its replacement at the same path. */
  readonly identity: string;
}

export function createDirectoryWatches({ onEvent, onFailure }: WatchEvents): DirectoryWatches {
  const watched = new Map<string, Watched>();
  const failed = new Set<string>();

  const end = (directory: string): void => {
    watched.get(directory)?.watcher.close();
    watched.delete(directory);
  };
  const fail = (directory: string, cause: unknown): void => {
    end(directory);
    if (failed.has(directory)) return;
    failed.add(directory);
    onFailure(directory, cause);
  };
  const begin = (directory: string): void => {
    const { dev, ino } = statSync(directory, { bigint: true });
    const identity = `${dev}:${ino}`;
    if (watched.get(directory)?.identity === identity) return;
    end(directory);
    const watcher = watch(directory, (_, name) => onEvent(directory, name ?? undefined));
    watcher.on('error', (error) => fail(directory, error));
    watched.set(directory, { watcher, identity });
    failed.delete(directory);
  };
  return {
    add: (directory) => {
      try {
        begin(directory);
      } catch (error) {
        fail(directory, error);
      }
    },
    retain: (directories) => {
      const retained = new Set(directories);
      for (const directory of watched.keys()) if (!retained.has(directory)) end(directory);
      for (const directory of failed) if (!retained.has(directory)) failed.delete(directory);
    },
    complete: () => failed.size === 0,
    close: () => {
      for (const directory of [...watched.keys()]) end(directory);
    },
  };
}
