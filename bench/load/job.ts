/** What the client is asked to do, and what it answers: JSON on its command line and on its standard output. */
import type { Mode } from './skim.js';

export interface Churn {
  readonly perSecond: number;
  readonly seconds: number;
}

/** How changes are made: a line to the control port of each server, or a file. */
export type TriggerDescription =
  { readonly type: 'line'; readonly ports: readonly number[] } | { readonly type: 'file'; readonly directory: string };

export interface LoadJob {
  readonly task: 'measure';
  /** Of the servers; the Envoys are spread over them evenly. */
  readonly ports: readonly number[];
  /** Processes whose use of cores and memory is read. */
  readonly pids: readonly number[];
  /** Milliseconds that a server may put work off. */
  readonly leastMs: number;
  readonly mode: Mode;
  readonly services: number;
  readonly clients: number;
  readonly localities: number;
  /** Listeners and routes too. */
  readonly everything: boolean;
  /** How many Envoys may be connecting at a time. */
  readonly ramp: number;
  readonly trigger: TriggerDescription;
  /** Single changes of endpoints, and of policies. */
  readonly changes: number;
  readonly policies: number;
  readonly churn?: Churn;
  /** Milliseconds that the cold start may take, and that all changes of a sort may take together. */
  readonly coldLimitMs: number;
  readonly changeLimitMs: number;
}

/** The bare sockets beside it: how long it takes to write these bytes to so many. */
export interface FloorJob {
  readonly task: 'floor';
  readonly ports: readonly number[];
  readonly pids: readonly number[];
  readonly leastMs: number;
  readonly trigger: TriggerDescription;
  readonly clients: number;
  /** Bytes for each client at a change. */
  readonly bytes: number;
  readonly changes: number;
  readonly changeLimitMs: number;
}

export interface ColdResult {
  readonly complete: boolean;
  /** Until every client has everything. */
  readonly wallMs: number;
  readonly serverCpuSeconds: number;
  readonly clientCpuSeconds: number;
  /** Of the server: before, after, and at most. */
  readonly rssBeforeMb: number;
  readonly rssMb: number;
  readonly peakRssMb: number;
  readonly wireBytes: number;
  readonly payloadBytes: number;
  readonly responses: number;
  readonly resources: number;
}

export interface ChangeResult {
  /** Changes that every client has seen; fewer than asked for if time ran out. */
  readonly made: number;
  /** Milliseconds from the change to the first and the last client, the median of the changes; and the slowest. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly slowestMs: number;
  readonly serverCpuMs: number;
  readonly clientCpuMs: number;
  /** All of these for one change and all clients. */
  readonly wireBytes: number;
  readonly payloadBytes: number;
  readonly responses: number;
  readonly resources: number;
}

export interface ChurnResult {
  readonly asked: number;
  readonly made: number;
  /** Changes that the server took, per second. */
  readonly madePerSecond: number;
  /** Whether every client had the last state of everything in the end, and how long after the last change. */
  readonly converged: boolean;
  readonly tailMs: number;
  /** From when a change was due to when a client had it or a later one. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly serverCpuShare: number;
  readonly clientCpuShare: number;
  readonly wireBytes: number;
}

export interface LoadResult {
  readonly cold: ColdResult;
  readonly change?: ChangeResult;
  readonly policy?: ChangeResult;
  readonly churn?: ChurnResult;
  /** Empty when all calls were open to the end. */
  readonly failure: string;
  readonly peakRssMb: number;
}
