/**
 * Files that take long to read. Such a file is read on while changes of other files are applied, and has its earlier content
 * until it is read. It must not know where files are, or when they change.
 */
import type { FileText } from './files/read.js';
import type { FileContent } from './contents/last-good-content.js';

export interface PendingReads {
  /** Number of files that are not read yet. */
  readonly count: () => number;
  /** Reads a file; if that takes too long, {@link proceed} continues it. */
  start(file: string, text: FileText, steps: Generator<void, FileContent>): Generator<void>;
  /** Continues until one file is read, or `interrupted` says that there is other work. */
  proceed(interrupted: () => boolean): Generator<void>;
  /** Forgets a file that was removed. */
  drop(file: string): void;
}

export interface PendingReadOptions {
  /** Milliseconds that are spent on one file before others have their turn. */
  readonly patience: number;
  /** Called with the content of each file. */
  readonly onContent: (file: string, content: FileContent) => void;
  /** Called when a file has been read that was written to in the meantime. */
  readonly onOutdated: (file: string) => void;
}

interface PendingRead {
  readonly text: FileText;
  readonly steps: Generator<void, FileContent>;
  outdated: boolean;
}

export function createPendingReads({ patience, onContent, onOutdated }: PendingReadOptions): PendingReads {
  const pending = new Map<string, PendingRead>();
  return {
    count: () => pending.size,
    *start(file, text, steps) {
      const known = pending.get(file);
      if (known !== undefined) {
        known.outdated = !isSame(known.text, text);
        return;
      }
      for (let spent = 0; spent < patience;) {
        const began = performance.now();
        const step = steps.next();
        spent += performance.now() - began;
        if (step.done === true) {
          onContent(file, step.value);
          return;
        }
        yield;
      }
      pending.set(file, { text, steps, outdated: false });
    },
    *proceed(interrupted) {
      while (!interrupted()) {
        for (const [file, read] of pending) {
          const step = read.steps.next();
          if (step.done === true) {
            pending.delete(file);
            onContent(file, step.value);
            if (read.outdated) onOutdated(file);
            return;
          }
        }
        yield;
      }
    },
    drop: (file) => void pending.delete(file),
  };
}

function isSame(a: FileText, b: FileText): boolean {
  return 'text' in a && 'text' in b && a.text === b.text;
}
