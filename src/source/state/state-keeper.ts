/** Writes the state some time after a change, one write at a time, and again after a failure. It must not know what is written. */

export interface StateKeeper {
  /** Something has changed. */
  request(): void;
  /** Writes what is not written yet, and ends. */
  close(): Promise<void>;
}

export interface StateKeeperOptions {
  readonly write: () => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Milliseconds from a change to the write. Changes in between are in the same write. */
  readonly interval: number;
  /** Milliseconds from a failure to the next attempt. */
  readonly retry: number;
}

export function createStateKeeper({ write, onError, interval, retry }: StateKeeperOptions): StateKeeper {
  const state = { isDirty: false, isClosed: false };
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const isDue = (): boolean => state.isDirty && !state.isClosed;
  const run = async (): Promise<void> => {
    state.isDirty = false;
    try {
      await write();
    } catch (error) {
      state.isDirty = true;
      onError(error);
      if (!state.isClosed) schedule(retry);
      return;
    }
    if (isDue()) schedule(interval);
  };
  const schedule = (delay: number): void => {
    timer = setTimeout(() => {
      timer = undefined;
      running = Promise.resolve()
        .then(run)
        .finally(() => (running = undefined));
    }, delay).unref();
  };
  return {
    request: () => {
      state.isDirty = true;
      if (timer === undefined && running === undefined && !state.isClosed) schedule(interval);
    },
    close: async () => {
      state.isClosed = true;
      clearTimeout(timer);
      await running;
      if (state.isDirty) await run();
    },
  };
}
