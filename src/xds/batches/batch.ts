/** A batch: what a subscription is told to come from what its client holds to what it is to hold. */
import type { Mode } from '../protocol/mode.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Exception } from '../holdings/exception.js';
import type { Chunk } from './response.js';
import type { Scene } from '../holdings/scene.js';
import type { Needed, Standing } from '../holdings/standing.js';

/** How far a subscription may go now. Numbers are sequence numbers. */
export interface Limits {
  /** Changes up to this one may be told. */
  readonly changes: number;
  /** Removals up to this one may be told. */
  readonly removals: number;
  /** Names that may not be removed. */
  readonly needed: Needed;
  /** Clusters that the client lacks: what refers to them is not told. */
  readonly missing: ReadonlySet<string>;
}

/** Names that were refused together with others: which of them are tried now, and which are not yet. */
export interface Trial {
  readonly waiting: ReadonlySet<string>;
}

/** Where a stream stands and how far it may go; equal positions of one interest have equal batches. */
export interface Position extends Scene {
  readonly mode: Mode;
  readonly limits: Limits;
  readonly trial: Trial;
}

/** One name that a batch tells: a version, or that there is none. */
export interface Told {
  readonly resource: EncodedResource | undefined;
  readonly before: Exception;
  /** It is what the client held when that was certain last: a full state has to say what that is. */
  readonly again: boolean;
}

export interface Batch {
  readonly position: Position;
  readonly to: number;
  /** The client was up to date with all that is told until this sequence number. */
  readonly from: number;
  readonly told: ReadonlyMap<string, Told>;
  /** Resources that are new to the client. */
  readonly changed: readonly EncodedResource[];
  /** Names to be reported as removed: incremental only. */
  readonly removed: readonly string[];
  /** Names of the clusters that the changed resources refer to. */
  readonly clusters: ReadonlySet<string>;
  /** Whether the client has to be told anything. */
  readonly empty: boolean;
  /** Whether the order of types holds something back. */
  readonly waits: boolean;
  /** Version of the state that the client has then. */
  readonly version: string;
  /** Responses to send one after the other. */
  readonly chunks: readonly Chunk[];
  /** What the client holds when it accepted the chunks up to this one. */
  after(index: number): Standing;
}

/** Names in one response. */
export function chunkNames(chunk: Chunk | undefined): readonly string[] {
  return chunk === undefined ? [] : [...chunk.resources.map(({ name }) => name), ...chunk.removed];
}
