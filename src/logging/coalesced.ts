/** Does something costly at most once per interval, however often it is asked for. */

export interface Coalesced {
  /** Asks for the action: it runs at once if it has not run for an interval, else when the interval is over, once. */
  request(): void;
  /** Drops a request that still waits. */
  stop(): void;
}

/** @param interval in milliseconds. */
export function coalesced(action: () => void, interval: number): Coalesced {
  let timer: NodeJS.Timeout | undefined;
  let isWanted = false;
  const run = (): void => {
    isWanted = false;
    // The wait starts before the action, which may ask for itself again.
    timer = setTimeout(over, interval).unref();
    action();
  };
  const over = (): void => {
    timer = undefined;
    if (isWanted) run();
  };
  return {
    request: () => {
      if (timer === undefined) run();
      else isWanted = true;
    },
    stop: () => {
      isWanted = false;
    },
  };
}
