/** The job of the load client and its result, as JSON on its command line and on its standard output. */
import type { Mode } from './skim.js';

export interface Churn {
  readonly perSecond: number;
  readonly seconds: number;
}

/** How to make changes: a line to the control port of each server, or a file. */
export type TriggerDescription =
  { readonly type: 'line'; readonly ports: readonly number[] } | { readonly type: 'file'; readonly directory: string };

export interface LoadJob {
  readonly task: 'measure';
  /** The ports of the servers. The Envoys are distributed evenly. */
  readonly ports: readonly number[];
  /** Processes whose CPU and memory are read. */
  readonly pids: readonly number[];
  /** Time for which a server may delay work, in milliseconds. */
  readonly leastMs: number;
  readonly mode: Mode;
  readonly services: number;
  readonly clients: number;
  readonly localities: number;
  /** Whether to subscribe to listeners and routes too. */
  readonly everything: boolean;
  /** Limit of Envoys that are connecting at the same time. */
  readonly ramp: number;
  readonly trigger: TriggerDescription;
  /** The number of single changes of endpoints, and of policies. */
  readonly changes: number;
  readonly policies: number;
  readonly churn?: Churn;
  /** Time limit of the cold start, and of all changes of one kind together, in milliseconds. */
  readonly coldLimitMs: number;
  readonly changeLimitMs: number;
}

/** The measurement with bare sockets: the time to write these bytes to this number of sockets. */
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
  /** Time until every client has all of its resources. */
  readonly wallMs: number;
  readonly serverCpuSeconds: number;
  readonly clientCpuSeconds: number;
  /** Memory of the server: before, after, and the maximum. */
  readonly rssBeforeMb: number;
  readonly rssMb: number;
  readonly peakRssMb: number;
  readonly wireBytes: number;
  readonly payloadBytes: number;
  readonly responses: number;
  readonly resources: number;
}

export interface ChangeResult {
  /** The number of changes that every client received. Lower than requested if the time was over. */
  readonly made: number;
  /** Milliseconds from the change to the first and the last client (medians of all changes), and the maximum. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly slowestMs: number;
  readonly serverCpuMs: number;
  readonly clientCpuMs: number;
  /** For one change and all clients together. */
  readonly wireBytes: number;
  readonly payloadBytes: number;
  readonly responses: number;
  readonly resources: number;
}

export interface ChurnResult {
  readonly asked: number;
  readonly made: number;
  /** The number of changes per second that the server confirmed. */
  readonly madePerSecond: number;
  /** Whether every client received the last state of everything, and the time from the last change until then. */
  readonly converged: boolean;
  readonly tailMs: number;
  /** From the time at which a change was due to the time at which a client had it or a later one. */
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
  /** Empty if all calls stayed open. */
  readonly failure: string;
  readonly peakRssMb: number;
}
