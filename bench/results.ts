/** All results of a measurement. They are not in the repository; its figures are (`figures.ts`). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Startup } from './contenders/contender.js';
import type { ChangeResult, LoadResult } from './load/job.js';
import type { Cell, Extent, Size } from './plan.js';

export const RESULTS = '.cache/bench/results.json';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Empty without the peer. */
  readonly go: string;
  /** Why the peer's columns are missing; empty if they are not. */
  readonly peerMissing: string;
  /** Whether server and client each had their own core. */
  readonly pinned: boolean;
  /** Number of runnable processes when the measurement began. */
  readonly loadAverage: number;
}

export interface CellResult {
  readonly cell: Cell;
  readonly startup: Startup;
  readonly load: LoadResult;
}

/** Bare sockets beside the cells of one size. */
export interface Floor extends Size {
  /** The measurement with the same number of bytes: a change or a cold start. */
  readonly of: 'change' | 'cold';
  /** For each client. */
  readonly bytes: number;
}

export interface FloorResult extends Floor {
  readonly change: ChangeResult;
}

export interface IdleResult {
  readonly contender: 'library' | 'serve';
  readonly streams: number;
  readonly kilobytesPerStream: number;
  readonly failure: string;
}

/** One change for the same clients, with one server process or two. */
export interface ShardResult {
  readonly processes: 1 | 2;
  /** Of all processes together. */
  readonly serverCpuMs: number;
  readonly clientCpuMs: number;
  readonly lastMs: number;
}

export interface Results {
  readonly date: string;
  readonly extent: Extent;
  readonly runs: number;
  readonly machine: Machine;
  readonly cells: readonly CellResult[];
  readonly floors: readonly FloorResult[];
  readonly idle: readonly IdleResult[];
  readonly processes: readonly ShardResult[];
  /** Cells that could not be measured, with the reason. */
  readonly failures: readonly string[];
}

export function writeResults(results: Results, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
}
