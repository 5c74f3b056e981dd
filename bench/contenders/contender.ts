/** What is measured: a program that serves the world by xDS, and how it is started and changed. */
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

/** What it took a program to be ready, before any client came. */
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
  /** Milliseconds that it may put off work that belongs to a change. */
  readonly leastMs: number;
  stop(): Promise<void>;
}

/**
 * What carries the streams of Lifeboat: the goals are about large fleets, and so about the transport for them.
 */
export function transportOf(contender: ContenderName): Transport {
  return contender.endsWith('-grpc-js') ? 'grpc-js' : 'http2';
}

/** Whether it is Lifeboat itself, as a program or as a library. */
export function isOurs(contender: ContenderName): boolean {
  return contender !== 'snapshot' && contender !== 'linear';
}

/** Starts it with so many services, on this core. */
export type StartContender = (services: number, core: number | undefined) => Promise<RunningContender>;
