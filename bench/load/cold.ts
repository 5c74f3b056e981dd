/** The cold start: all Envoys connect at once. It ends when each has all of its resources. */
import { usageOf } from '../machine/process-usage.js';
import { now, until } from './clock.js';
import { Fleet } from './fleet.js';
import type { ColdResult, LoadJob } from './job.js';
import { whenQuiet } from './quiet.js';

export async function startCold(job: LoadJob): Promise<{ readonly fleet: Fleet; readonly cold: ColdResult }> {
  const fleet = new Fleet(job);
  const [server, self] = [usageOf(job.pids), usageOf([process.pid])];
  const start = now();
  const done = (): boolean => fleet.complete === job.clients;
  const opened = await fleet.open(job.coldLimitMs);
  const limit = job.coldLimitMs - (now() - start);
  const ended = opened && (await until(() => done() || fleet.failure !== '', limit));
  const wallMs = now() - start;
  const selfAfter = usageOf([process.pid]);
  const after = await whenQuiet(job);
  const { wire, payload, responses, resources } = fleet.traffic;
  const cold = {
    complete: ended && done(),
    wallMs,
    serverCpuSeconds: after.cpuSeconds - server.cpuSeconds,
    clientCpuSeconds: selfAfter.cpuSeconds - self.cpuSeconds,
    rssBeforeMb: server.rssMb,
    rssMb: after.rssMb,
    peakRssMb: after.peakRssMb,
    wireBytes: wire,
    payloadBytes: payload,
    responses,
    resources,
  };
  return { fleet, cold };
}
