/** Contenders that exist for the measurement only. They print their addresses as one line of JSON. */
import { type Child, firstLine, parseLine, start } from '../machine/child.js';
import { usageOf } from '../machine/process-usage.js';
import type { RunningContender, Startup } from './contender.js';

/** Time for a program to listen, in milliseconds. */
const READY_MS = 60_000;
/** These programs do not delay work on purpose. */
const LEAST_MS = 200;

interface Announcement {
  readonly port: number;
  readonly control: number;
}

export async function startAnnounced(command: readonly string[], core: number | undefined): Promise<RunningContender> {
  const began = performance.now();
  const child = start(command, core);
  const { port, control } = await orStop(
    child,
    firstLine(child, READY_MS, (line) => parseLine<Announcement>(line, 'control')),
  );
  const startup = startupOf(child, began);
  const trigger = { type: 'line', ports: [control] } as const;
  return { pids: [child.pid], ports: [port], trigger, startup, leastMs: LEAST_MS, stop: () => child.stop() };
}

/** Ends a program that does not get ready. */
export async function orStop<Value>(child: Child, ready: Promise<Value>): Promise<Value> {
  try {
    return await ready;
  } catch (error) {
    await child.stop(0);
    throw error;
  }
}

export function startupOf({ pid }: Child, began: number): Startup {
  const { cpuSeconds, rssMb } = usageOf([pid]);
  return { wallMs: performance.now() - began, cpuSeconds, rssMb };
}
