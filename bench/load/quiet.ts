/** Waits until a server has nothing left to do, so that what it did is counted where it belongs. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Usage, usageOf } from '../machine/process-usage.js';

/** `lifeboat serve` looks through its findings up to a second after a change, so no silence before that says anything. */
const LEAST_MS = 1_300;
const LOOK_MS = 200;
const MOST_LOOKS = 40;
/** Seconds on a core within a look that count as nothing. */
const IDLE = 0.015;

export async function whenQuiet(pids: readonly number[]): Promise<Usage> {
  await delay(LEAST_MS);
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
