/** The part of the composition root that keeps what is in force on disk, so that a later start has it where files are broken or gone. */
import type { Logger } from 'pino';
import {
  type FileSource,
  StateError,
  type StoredState,
  createStateKeeper,
  readState,
  runInTurns,
  writeState,
} from './source/index.js';

/** Milliseconds from a change to the write of the state; changes in between are in the same write. */
const WRITE_INTERVAL = 5_000;

/** Milliseconds from a failed write to the next attempt. */
const RETRY_INTERVAL = 30_000;

/** How the state on disk fares. */
export interface StateHealth {
  /** When the state was written last, in milliseconds since the epoch; absent before the first write. */
  readonly writtenAt?: number;
  /** Failed writes, and 1 if the state could not be used at the start. */
  readonly errors: number;
  /** Number of resources in force only by the state of an earlier process. */
  readonly restored: number;
  /** When that was written, in milliseconds since the epoch; absent if there is none. */
  readonly restoredFrom?: number;
}

export interface KeptState {
  /** What an earlier process left. */
  readonly earlier: StoredState | undefined;
  readonly health: () => StateHealth;
  /** A sentence while resources of an earlier process are in force. */
  readonly problems: () => readonly string[];
  /** Begins to write what is in force. */
  follow(source: FileSource): void;
  /** Something has changed. */
  changed(): void;
  close(): Promise<void>;
}

/** @param directory absent: nothing is read or written. */
export async function keepState(directory: string | undefined, logger: Logger): Promise<KeptState> {
  let [writtenAt, errors, lastError]: [number | undefined, number, string] = [undefined, 0, ''];
  let source: FileSource | undefined;
  const fail = (error: unknown, what: string): void => {
    errors += 1;
    const message = error instanceof Error ? error.message : String(error);
    if (message !== lastError) logger.error({ err: error }, `${message} ${what}`);
    lastError = message;
  };
  const write = async (): Promise<void> => {
    if (source === undefined || directory === undefined) return;
    // What comes from an earlier state is as old as that.
    const savedAt = earlier !== undefined && source.restored() > 0 ? earlier.savedAt : Date.now();
    await writeState(directory, { savedAt, files: await runInTurns(source.stored()) });
    if (lastError !== '') logger.info('the state was written again');
    [writtenAt, lastError] = [Date.now(), ''];
  };
  let earlier: StoredState | undefined;
  try {
    earlier = directory === undefined ? undefined : await readState(directory);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    fail(error, 'It is ignored.');
    lastError = '';
  }
  const keeper = createStateKeeper({
    write,
    onError: (error) => fail(error, 'The next attempt is in 30 s.'),
    ...{ interval: WRITE_INTERVAL, retry: RETRY_INTERVAL },
  });
  const restored = (): number => source?.restored() ?? 0;
  return {
    earlier,
    health: () => ({
      ...{ errors, restored: restored() },
      ...(writtenAt !== undefined && { writtenAt }),
      ...(earlier !== undefined && restored() > 0 && { restoredFrom: earlier.savedAt }),
    }),
    problems: () => (earlier === undefined || restored() === 0 ? [] : [restoredMessage(restored(), earlier.savedAt)]),
    follow: (followed) => {
      source = followed;
      if (directory === undefined) return;
      const count = restored();
      if (earlier !== undefined && count > 0)
        logger.warn({ resources: count }, restoredMessage(count, earlier.savedAt));
      keeper.request();
    },
    changed: () => {
      if (directory !== undefined) keeper.request();
    },
    close: () => keeper.close(),
  };
}

function restoredMessage(count: number, savedAt: number): string {
  const resources = count === 1 ? '1 resource is' : `${count} resources are`;
  const time = new Date(savedAt).toISOString().replace(/\.\d+Z$/u, 'Z');
  return `${resources} in force as in the state of ${time}, because files are broken, missing or empty.`;
}
