/** Runs one measurement: starts a contender and the load client, and ends both. */
import { fileURLToPath } from 'node:url';
import { startAnnounced } from './contenders/announced.js';
import {
  type ContenderName,
  isOurs,
  type RunningContender,
  type StartContender,
  transportOf,
} from './contenders/contender.js';
import { startServe } from './contenders/serve.js';
import type { ChangeResult, LoadJob, LoadResult } from './load/job.js';
import type { Pinning } from './machine/child.js';
import type { Cell, Size } from './plan.js';
import type { CellResult, Floor, FloorResult, IdleResult, ShardResult } from './results.js';
import { runLoad } from './run-load.js';

/** Time limits of a cold start, and of all changes of one kind, in milliseconds. Long, because a single one may take 20 s. */
const COLD_LIMIT = 180_000;
const CHANGE_LIMIT = 12_000;
const LARGE_CHANGE_LIMIT = 30_000;
const LARGE = 2_000_000;
/** Additional time of the load client beyond its own limits before it is ended, in milliseconds. */
const SLACK = 120_000;
/** Limit of clients that are connecting at the same time. One client address has a limited number of ports. */
const RAMP = 1_000;

export interface Laboratory {
  readonly pinning: Pinning;
  /** The path of the peer's program. `undefined` if there is none. */
  readonly peer: string | undefined;
}

export async function measureCell(laboratory: Laboratory, cell: Cell): Promise<CellResult> {
  const contender = await starterOf(laboratory, cell.contender)(cell.services, laboratory.pinning.server);
  try {
    return { cell, startup: contender.startup, load: await load(laboratory, contender, cell) };
  } finally {
    await contender.stop();
  }
}

function load({ pinning }: Laboratory, contender: RunningContender, cell: Cell): Promise<LoadResult> {
  const job: LoadJob = {
    ...baseJob(contender, cell),
    mode: cell.mode,
    localities: cell.localities,
    everything: cell.types === 'all',
    changes: cell.changes,
    policies: cell.policies,
    ...(cell.churnPerSecond > 0 && { churn: { perSecond: cell.churnPerSecond, seconds: cell.churnSeconds } }),
  };
  return runLoad<LoadResult>(job, 'cold', {
    core: pinning.client,
    limitMs: COLD_LIMIT + 4 * LARGE_CHANGE_LIMIT + SLACK,
  });
}

function changeLimit({ services, clients }: Size): number {
  return services * clients >= LARGE ? LARGE_CHANGE_LIMIT : CHANGE_LIMIT;
}

type Reachable = Pick<RunningContender, 'pids' | 'ports' | 'trigger' | 'leastMs'>;

function baseJob({ pids, ports, trigger, leastMs }: Reachable, { services, clients }: Size): LoadJob {
  return {
    task: 'measure',
    ports,
    pids,
    trigger,
    leastMs,
    services,
    clients,
    mode: 'delta',
    localities: 1,
    everything: false,
    ramp: RAMP,
    changes: 0,
    policies: 0,
    coldLimitMs: COLD_LIMIT,
    changeLimitMs: changeLimit({ services, clients }),
  };
}

function starterOf({ peer }: Laboratory, contender: ContenderName): StartContender {
  if (isOurs(contender)) {
    const transport = transportOf(contender);
    if (contender.startsWith('serve')) return (services, core) => startServe(transport, services, core);
    return (services, core) => startAnnounced(nodeProgram('library', String(services), transport), core);
  }
  return (services, core) => startAnnounced([peer ?? '', '-cache', contender, '-services', String(services)], core);
}

function nodeProgram(name: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, fileURLToPath(new URL(`servers/${name}.js`, import.meta.url)), ...args];
}

/** Bare sockets: sends the same bytes to the same number of clients, for each change. */
export async function measureFloor({ pinning }: Laboratory, floor: Floor, changes: number): Promise<FloorResult> {
  const server = await startAnnounced(nodeProgram('fan-out'), pinning.server);
  try {
    const { bytes, clients } = floor;
    const { pids, ports, trigger, leastMs } = server;
    const job = {
      task: 'floor',
      pids,
      ports,
      trigger,
      leastMs,
      bytes,
      clients,
      changes,
      changeLimitMs: CHANGE_LIMIT,
    } as const;
    const change = await runLoad<ChangeResult>(job, 'lastMs', { core: pinning.client, limitMs: CHANGE_LIMIT + SLACK });
    return { ...floor, change };
  } finally {
    await server.stop();
  }
}

/** The library as one process, or as two processes with half of the clients each. The second one shares the core of the load client. */
export async function measureProcesses(laboratory: Laboratory, size: Size, processes: 1 | 2): Promise<ShardResult> {
  const { pinning } = laboratory;
  const cores = [pinning.server, pinning.client].slice(0, processes);
  const running = await Promise.all(cores.map((core) => starterOf(laboratory, 'library')(size.services, core)));
  try {
    const together = combine(running);
    const job = { ...baseJob(together, size), changes: 20 };
    const { change } = await runLoad<LoadResult>(job, 'cold', { core: pinning.client, limitMs: COLD_LIMIT + SLACK });
    const { serverCpuMs = 0, clientCpuMs = 0, lastMs = 0 } = change ?? {};
    return { processes, serverCpuMs, clientCpuMs, lastMs };
  } finally {
    await Promise.all(running.map((each) => each.stop()));
  }
}

function combine(running: readonly RunningContender[]): Reachable {
  const controls = running.flatMap(({ trigger }) => (trigger.type === 'line' ? trigger.ports : []));
  return {
    pids: running.flatMap(({ pids }) => pids),
    ports: running.flatMap(({ ports }) => ports),
    trigger: { type: 'line', ports: controls },
    leastMs: Math.max(...running.map(({ leastMs }) => leastMs)),
  };
}

/** Few services and many streams that are up to date, without changes. */
export async function measureIdle(
  laboratory: Laboratory,
  contender: 'library' | 'serve',
  streams: number,
): Promise<IdleResult> {
  const running = await starterOf(laboratory, contender)(IDLE_SERVICES, laboratory.pinning.server);
  try {
    const job = baseJob(running, { services: IDLE_SERVICES, clients: streams });
    const { cold, failure } = await runLoad<LoadResult>(job, 'cold', {
      core: laboratory.pinning.client,
      limitMs: COLD_LIMIT + SLACK,
    });
    return { contender, streams, kilobytesPerStream: (1024 * (cold.rssMb - cold.rssBeforeMb)) / streams, failure };
  } finally {
    await running.stop();
  }
}

const IDLE_SERVICES = 100;
