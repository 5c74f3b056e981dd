/** Waits until a server has no work left, so that its CPU time is counted for the right measurement. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Usage, usageOf } from '../machine/process-usage.js';

const LOOK_MS = 200;
const MOST_LOOKS = 40;
/** CPU seconds in an interval that count as no work. */
const IDLE = 0.015;

export interface Watched {
  readonly pids: readonly number[];
  /** Time in which the absence of work means nothing, because the server may delay work, in milliseconds. */
  readonly leastMs: number;
}

export async function whenQuiet({ pids, leastMs }: Watched): Promise<Usage> {
  await delay(leastMs);
  let usage = usageOf(pids);
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    await delay(LOOK_MS);
    const later = usageOf(pids);
    const idle = later.cpuSeconds - usage.cpuSeconds < IDLE;
    usage = later;
    if (idle) break;
  }
  return usage;
}
