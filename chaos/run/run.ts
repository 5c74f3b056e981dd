/** One chaos run: two real Envoys, traffic through both, operations and faults. What happened is in the history. */
import { setTimeout as delay } from 'node:timers/promises';
import { FAILOVER_HOSTNAME } from '../../integration/support/services/resources.js';
import { ownHostname } from '../../integration/support/services/service.js';
import type { Traffic } from '../../integration/support/clients/traffic.js';
import type { ControlPlane } from '../../integration/support/processes/control-plane.js';
import type { Story } from '../../integration/support/story.js';
import type { MemoryMeasured } from '../history/events.js';
import type { History } from '../history/file.js';
import { compareHeld } from './compare-held.js';
import { Faults } from './faults.js';
import { Files } from './files.js';
import { ENVOYS, type Step } from './operations.js';
import { type Participant, exhaustedRetries, joinRun } from './participant.js';
import { Recorder } from './recorder.js';
import { BACKENDS_PER_SITE, FIRST_WORLD, SITES, filesOf } from './world.js';

export interface RunOptions {
  readonly steps: readonly Step[];
  readonly history: History;
  /** The `lifeboat` to run. Default: the built one. */
  readonly program?: string;
  /** How long an Envoy has, after everything was mended, to hold what it should, in milliseconds. Default: 20 000. */
  readonly convergenceMs?: number;
}

/** Requests at the same time to each Envoy, and the time between two of each, in milliseconds. */
const TRAFFIC = { concurrency: 4, pause: 4 } as const;
/** Traffic before the first operation and after everything was mended, in milliseconds. */
const QUIET_MS = 1_000;

/** Ends when the history is complete. What the story started is ended by the story. */
export async function runChaos(
  story: Story,
  { steps, history, program, convergenceMs = 20_000 }: RunOptions,
): Promise<void> {
  const sites = await Promise.all(SITES.map((site) => story.site(site, { backends: BACKENDS_PER_SITE })));
  const state = await story.directory('state');
  const plane = await story.controlPlane(filesOf(FIRST_WORLD, sites, story.port), {
    flags: ['--state-dir', state],
    ...(program !== undefined && { program }),
  });
  const recorder = await Recorder.start(history, plane.xds, story.address());
  story.atEnd(() => recorder.stop());
  const recorded = { xds: recorder.xds, synced: (id: string) => plane.synced(id) };
  const participants = await Promise.all(
    Array.from({ length: ENVOYS }, (_, index) => joinRun(story, history, recorded, index)),
  );
  const traffic = participants.map((participant) => startTraffic(story, history, participant));
  await delay(QUIET_MS);
  await measureMemory(history, plane, 'before');
  const faults = new Faults({
    history,
    sites,
    plane,
    recorder,
    participants,
    files: new Files(plane, sites, story.port),
  });
  for (const { operation, waitMs } of steps) {
    history.add({ kind: 'operation', text: JSON.stringify(operation) });
    await faults.apply(operation);
    await delay(waitMs);
  }
  history.add({ kind: 'operation', text: 'everything is mended' });
  await faults.mend();
  await compareHeld(story, history, { plane, participants, convergenceMs });
  await delay(QUIET_MS);
  await measureMemory(history, plane, 'after');
  const requests = await Promise.all(traffic.map(requestsOf));
  const exhausted = await Promise.all(
    participants.map(async (each) => each.exhausted + (await exhaustedRetries(each))),
  );
  history.add({ kind: 'end', requests: byId(participants, requests), exhausted: byId(participants, exhausted) });
}

async function measureMemory(history: History, plane: ControlPlane, when: MemoryMeasured['when']): Promise<void> {
  const { '': bytes = 0 } = await plane.metric('process_resident_memory_bytes');
  history.add({ kind: 'memory', when, bytes });
}

/** Failures are recorded with the time of the request. */
function startTraffic(story: Story, history: History, { id, address }: Participant): Traffic {
  return story.traffic(
    { address },
    {
      ...TRAFFIC,
      host: [FAILOVER_HOSTNAME, ownHostname('reviews', 'east')].map((host) => `${host}:${story.port}`),
      onFailure: ({ host, sentAt, reason }) =>
        history.add({ kind: 'failure', proxy: id, host, sentAt: history.timeOf(sentAt), reason }),
    },
  );
}

/** Waits for the requests in progress. Returns the number of all requests. */
async function requestsOf(traffic: Traffic): Promise<number> {
  const { answered, failed } = await traffic.stop();
  return Object.values(answered).reduce((sum, count) => sum + count, failed);
}

function byId(participants: readonly Participant[], values: readonly number[]): Readonly<Record<string, number>> {
  return Object.fromEntries(participants.map(({ id }, index) => [id, values[index] ?? 0]));
}
