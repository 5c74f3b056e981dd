/** Many changes per second, made at fixed times even if earlier ones have not arrived. Measures their delay. */
import { setTimeout as delay } from 'node:timers/promises';
import { usageOf } from '../machine/process-usage.js';
import { STRIDE } from './changes.js';
import { now, until } from './clock.js';
import type { Fleet } from './fleet.js';
import { Histogram } from './histogram.js';
import type { Churn, ChurnResult } from './job.js';
import type { Trigger } from './trigger.js';

export interface ChurnPhase extends Churn {
  readonly fleet: Fleet;
  readonly trigger: Trigger;
  readonly pids: readonly number[];
  readonly clients: number;
  readonly services: number;
  readonly limitMs: number;
}

const FIRST_MARK = 20_000;
/** Maximum number of changes that the server has not confirmed. */
const MAX_IN_FLIGHT = 32;
/** A slower server gets this much longer, as a factor of the time. */
const OVERTIME = 1.5;

export async function measureChurn(phase: ChurnPhase): Promise<ChurnResult> {
  const { fleet, pids, clients, perSecond, seconds, limitMs } = phase;
  const lags = new Histogram(limitMs + 2_000 * seconds);
  const [server, self, traffic, start] = [usageOf(pids), usageOf([process.pid]), fleet.traffic, now()];
  const dueAt = (change: number): number => start + (change * 1000) / perSecond;
  const wanted = lastMarks(phase);
  fleet.onResource = (envoy, found) => {
    if (found.type !== 'endpoints') return;
    const before = fleet.mark(envoy, found.service);
    const mark = found.endpointMark();
    if (mark < FIRST_MARK || mark <= before) return;
    fleet.setMark(envoy, found.service, mark);
    const time = now();
    // A client that skipped states has received the changes of these states with this one.
    for (let change = mark - FIRST_MARK; change >= 0 && change + FIRST_MARK > before; change -= phase.services)
      lags.add(time - dueAt(change));
  };
  const made = await fire(phase, dueAt, wanted);
  const firedMs = now() - start;
  const isCurrent = (): boolean => allHold(fleet, clients, wanted);
  const converged = await until(isCurrent, limitMs);
  const wallMs = now() - start;
  const [after, selfAfter] = [usageOf(pids), usageOf([process.pid])];
  return {
    asked: perSecond * seconds,
    made,
    madePerSecond: (1000 * made) / firedMs,
    converged,
    tailMs: wallMs - firedMs,
    p50Ms: lags.quantile(0.5),
    p99Ms: lags.quantile(0.99),
    maxMs: lags.max,
    serverCpuShare: ((after.cpuSeconds - server.cpuSeconds) * 1000) / wallMs,
    clientCpuShare: ((selfAfter.cpuSeconds - self.cpuSeconds) * 1000) / wallMs,
    wireBytes: fleet.traffic.wire - traffic.wire,
  };
}

/** By service: the mark of its last change. */
function lastMarks({ services }: ChurnPhase): Int32Array {
  return new Int32Array(services);
}

/** Makes the changes. Resolves to their number when all are confirmed. */
async function fire(
  { trigger, services, perSecond, seconds }: ChurnPhase,
  dueAt: (change: number) => number,
  wanted: Int32Array,
): Promise<number> {
  const deadline = now() + seconds * 1000 * OVERTIME;
  let inFlight = 0;
  let made = 0;
  while (made < perSecond * seconds && now() < deadline) {
    while (made < perSecond * seconds && dueAt(made) <= now() && inFlight < MAX_IN_FLIGHT) {
      const service = (made * STRIDE) % services;
      const mark = FIRST_MARK + made;
      wanted[service] = mark;
      inFlight += 1;
      void trigger
        .prepare({ service, marks: { port: mark } })()
        .then(() => (inFlight -= 1));
      made += 1;
    }
    await delay(1);
  }
  await until(() => inFlight === 0, seconds * 1000);
  return made;
}

function allHold(fleet: Fleet, clients: number, wanted: Int32Array): boolean {
  for (let envoy = 0; envoy < clients; envoy += 1) {
    for (let service = 0; service < wanted.length; service += 1) {
      if (fleet.mark(envoy, service) < (wanted[service] ?? 0)) return false;
    }
  }
  return true;
}
