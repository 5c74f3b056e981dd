/** What is measured: a program that serves the world by xDS, and how it is started and changed. */
import type { TriggerDescription } from '../load/job.js';

export const CONTENDERS = ['serve', 'library', 'snapshot', 'linear'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

export const CONTENDER_TITLES: Readonly<Record<ContenderName, string>> = {
  serve: 'lifeboat serve',
  library: 'lifeboat/xds',
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

/** Starts it with so many services, on this core. */
export type StartContender = (services: number, core: number | undefined) => Promise<RunningContender>;
