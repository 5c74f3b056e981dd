/** Single changes, one after the other. Each ends when every Envoy has it. */
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../report/statistics.js';
import { usageOf } from '../machine/process-usage.js';
import { now } from './clock.js';
import type { Fleet } from './fleet.js';
import type { ChangeResult } from './job.js';
import { type Watched, whenQuiet } from './quiet.js';
import type { Skimmer } from './skim.js';
import type { Trigger } from './trigger.js';

export interface ChangePhase extends Watched {
  readonly fleet: Fleet;
  readonly trigger: Trigger;
  readonly clients: number;
  readonly services: number;
  readonly count: number;
  readonly limitMs: number;
  readonly sort: Sort;
}

/** What is changed, and how to recognize the change in a resource. */
export interface Sort {
  readonly type: 'endpoints' | 'cluster';
  /** The mark of the first change. Each change increments it. */
  readonly firstMark: number;
  marks(mark: number): { readonly port: number } | { readonly consecutiveErrors: number };
  markOf(found: Skimmer): number;
}

export const ENDPOINT_CHANGE: Sort = {
  type: 'endpoints',
  firstMark: 10_001,
  marks: (port) => ({ port }),
  markOf: (found) => found.endpointMark(),
};

export const POLICY_CHANGE: Sort = {
  type: 'cluster',
  firstMark: 101,
  marks: (consecutiveErrors) => ({ consecutiveErrors }),
  markOf: (found) => found.policyMark(),
};

/** The step between changed services: a prime that divides no number of services. */
export const STRIDE = 7_919;
/** Milliseconds between changes. */
const PAUSE_MS = 50;
/** Maximum number of changes before the first measured one, and the time after which no further one is made. */
const WARM_UPS = 5;
const WARM_UP_MS = 2_000;

interface Arrivals {
  readonly firstMs: number;
  readonly lastMs: number;
}

export async function measureChanges(phase: ChangePhase): Promise<ChangeResult> {
  const { fleet, pids, count, limitMs } = phase;
  const warmups = await warmUp(phase);
  const [server, self, traffic, start] = [usageOf(pids), usageOf([process.pid]), fleet.traffic, now()];
  const arrivals: Arrivals[] = [];
  for (let change = 0; change < count && now() - start < limitMs; change += 1) {
    const arrival = await measureOne(phase, warmups + change, limitMs - (now() - start));
    if (arrival === undefined) break;
    arrivals.push(arrival);
    await delay(PAUSE_MS);
  }
  const selfAfter = usageOf([process.pid]);
  const after = await whenQuiet(phase);
  const each = perChange(Math.max(1, arrivals.length));
  const later = fleet.traffic;
  return {
    made: arrivals.length,
    firstMs: median(arrivals.map(({ firstMs }) => firstMs)),
    lastMs: median(arrivals.map(({ lastMs }) => lastMs)),
    slowestMs: Math.max(0, ...arrivals.map(({ lastMs }) => lastMs)),
    serverCpuMs: each(after.cpuSeconds - server.cpuSeconds) * 1000,
    clientCpuMs: each(selfAfter.cpuSeconds - self.cpuSeconds) * 1000,
    wireBytes: each(later.wire - traffic.wire),
    payloadBytes: each(later.payload - traffic.payload),
    responses: each(later.responses - traffic.responses),
    resources: each(later.resources - traffic.resources),
  };
}

/** Makes some changes that are not measured, so that code has been compiled. Returns their number. */
async function warmUp(phase: ChangePhase): Promise<number> {
  const start = now();
  let change = 0;
  while (change < WARM_UPS && now() - start < WARM_UP_MS) {
    await measureOne(phase, change, phase.limitMs);
    change += 1;
  }
  await whenQuiet(phase);
  return change;
}

function perChange(changes: number): (sum: number) => number {
  return (sum) => sum / changes;
}

async function measureOne(phase: ChangePhase, change: number, limitMs: number): Promise<Arrivals | undefined> {
  const { fleet, trigger, services, sort } = phase;
  const service = (change * STRIDE) % services;
  const mark = sort.firstMark + change;
  const make = trigger.prepare({ service, marks: sort.marks(mark) });
  const arrived = awaitArrivals(phase, service, mark);
  const start = now();
  // A server may report a change after its clients have received it.
  const everywhere = Promise.all([arrived, make()]).then(([times]) => times);
  const times = await Promise.race([everywhere, delay(limitMs, undefined, { ref: false })]);
  fleet.onResource = ignore;
  return times && { firstMs: times.first - start, lastMs: times.last - start };
}

function ignore(): void {
  // Between changes nothing is watched.
}

/** Resolves when every Envoy has received the mark. */
function awaitArrivals(
  { fleet, clients, sort }: ChangePhase,
  service: number,
  mark: number,
): Promise<{ readonly first: number; readonly last: number }> {
  return new Promise((resolve) => {
    const seen = new Uint8Array(clients);
    let left = clients;
    let first = 0;
    fleet.onResource = (envoy, found) => {
      if (found.service !== service || found.type !== sort.type || seen[envoy] === 1) return;
      if (sort.markOf(found) !== mark) return;
      seen[envoy] = 1;
      left -= 1;
      if (left === clients - 1) first = now();
      if (left === 0) resolve({ first, last: now() });
    };
  });
}
