/** Runs an expensive action at most once per interval, however often it is requested. */

export interface Coalesced {
  /** Requests the action. It runs at once if it has not run for an interval, otherwise once at the end of the interval. */
  request(): void;
  /** Cancels a pending request. */
  stop(): void;
}

/** @param interval in milliseconds. */
export function coalesced(action: () => void, interval: number): Coalesced {
  let timer: NodeJS.Timeout | undefined;
  let isWanted = false;
  const run = (): void => {
    isWanted = false;
    // The interval starts before the action, because the action may request itself again.
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
