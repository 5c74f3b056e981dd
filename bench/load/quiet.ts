/** Waits until a server has nothing left to do, so that what it did is counted where it belongs. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Usage, usageOf } from '../machine/process-usage.js';

const LOOK_MS = 200;
const MOST_LOOKS = 40;
/** Seconds on a core within a look that count as nothing. */
const IDLE = 0.015;

export interface Watched {
  readonly pids: readonly number[];
  /** Milliseconds in which silence says nothing: the server may have put something off. */
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
