/** The measured programs: they serve the measured world by xDS. How to start and change each of them. */
import type { Transport } from '../../src/xds/index.js';
import type { TriggerDescription } from '../load/job.js';

export const CONTENDERS = ['serve', 'serve-grpc-js', 'library', 'library-grpc-js', 'snapshot', 'linear'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

export const CONTENDER_TITLES: Readonly<Record<ContenderName, string>> = {
  serve: 'lifeboat serve',
  'serve-grpc-js': 'lifeboat serve, grpc-js',
  library: 'lifeboat/xds',
  'library-grpc-js': 'lifeboat/xds, grpc-js',
  snapshot: 'go-control-plane snapshot',
  linear: 'go-control-plane linear',
};

/** The cost of a program's start, before the first client connects. */
export interface Startup {
  readonly wallMs: number;
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

export interface RunningContender {
  readonly pids: readonly number[];
  readonly ports: readonly number[];
  readonly trigger: TriggerDescription;
  readonly startup: Startup;
  /** Time for which it may delay work of a change, in milliseconds. */
  readonly leastMs: number;
  stop(): Promise<void>;
}

/**
 * The transport of Lifeboat. The goals are about large fleets, so it is the transport for large fleets.
 */
export function transportOf(contender: ContenderName): Transport {
  return contender.endsWith('-grpc-js') ? 'grpc-js' : 'http2';
}

/** Whether it is Lifeboat itself, as a program or as a library. */
export function isOurs(contender: ContenderName): boolean {
  return contender !== 'snapshot' && contender !== 'linear';
}

/** Starts the program with this number of services on this core. */
export type StartContender = (services: number, core: number | undefined) => Promise<RunningContender>;
