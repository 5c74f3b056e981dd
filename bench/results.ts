/** The results of a run of the measurement, as they are kept in bench/results/latest.json. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Startup } from './contenders/contender.js';
import type { ChangeResult, LoadResult } from './load/job.js';
import type { Cell, Extent, Size } from './plan.js';

export const RESULTS = 'bench/results/latest.json';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Empty where the peer is missing. */
  readonly go: string;
  /** Why the peer's columns are missing; empty if they are not. */
  readonly peerMissing: string;
  /** Whether server and client had a core each. */
  readonly pinned: boolean;
  /** How many processes wanted a core when the measurement began. */
  readonly loadAverage: number;
}

export interface CellResult {
  readonly cell: Cell;
  readonly startup: Startup;
  readonly load: LoadResult;
}

export interface FloorResult extends Size {
  /** Bytes for each client. */
  readonly bytes: number;
  readonly change: ChangeResult;
}

export interface IdleResult {
  readonly contender: 'library' | 'serve';
  readonly streams: number;
  readonly kilobytesPerStream: number;
  readonly failure: string;
}

/** One change for the same clients, all on one server process or half of them on each of two. */
export interface ProcessesResult extends Size {
  readonly one: ShardResult;
  readonly two: readonly ShardResult[];
}

export interface ShardResult {
  readonly clients: number;
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
  readonly processes?: ProcessesResult;
}

export function readResults(): Results {
  return JSON.parse(readFileSync(RESULTS, 'utf8')) as Results;
}

export function writeResults(results: Results): void {
  mkdirSync(dirname(RESULTS), { recursive: true });
  writeFileSync(RESULTS, `${JSON.stringify(results, rounded, 1)}\n`);
}

/** More digits than these would be noise, and a diff to read. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}
