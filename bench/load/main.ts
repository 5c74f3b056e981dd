/** The load client: runs the job in its argument and prints the result as JSON. It has a core of its own. */
import { ENDPOINT_CHANGE, measureChanges, POLICY_CHANGE } from './changes.js';
import { measureChurn } from './churn.js';
import { startCold } from './cold.js';
import { measureFloor } from './floor.js';
import type { ColdResult, FloorJob, LoadJob, LoadResult } from './job.js';
import type { Fleet } from './fleet.js';
import { usageOf } from '../machine/process-usage.js';
import { openTrigger, type Trigger } from './trigger.js';

async function measure(job: LoadJob): Promise<LoadResult> {
  const { fleet, cold } = await startCold(job);
  const trigger = await openTrigger(job.trigger);
  const rest = cold.complete ? await measurePhases(job, fleet, trigger) : {};
  const result: LoadResult = { cold, ...rest, failure: failureOf(cold, fleet), peakRssMb: usageOf(job.pids).peakRssMb };
  trigger.close();
  fleet.close();
  return result;
}

async function measurePhases(job: LoadJob, fleet: Fleet, trigger: Trigger): Promise<Partial<LoadResult>> {
  const common = { ...job, fleet, trigger, limitMs: job.changeLimitMs };
  const change = job.changes > 0 && (await measureChanges({ ...common, count: job.changes, sort: ENDPOINT_CHANGE }));
  const policy = job.policies > 0 && (await measureChanges({ ...common, count: job.policies, sort: POLICY_CHANGE }));
  const churn = job.churn && (await measureChurn({ ...common, ...job.churn }));
  return { ...(change && { change }), ...(policy && { policy }), ...(churn && { churn }) };
}

function failureOf({ complete }: ColdResult, fleet: Fleet): string {
  if (fleet.failure !== '' || complete) return fleet.failure;
  return `only ${fleet.complete} clients had everything in time`;
}

const job = JSON.parse(process.argv[2] ?? '{}') as LoadJob | FloorJob;
const result = job.task === 'floor' ? await measureFloor(job) : await measure(job);
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
