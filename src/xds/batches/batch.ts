/** An update batch: the updates that bring a client from its standing to its target. */
import type { Mode } from '../protocol/mode.js';
import type { Coverage } from '../resources/coverage.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Exception } from '../holdings/exception.js';
import type { Chunk } from './response.js';
import type { DecisionContext } from '../holdings/subscription-state.js';
import type { Needed, Standing } from '../holdings/standing.js';

/** How far a subscription may go now, as sequence numbers. */
export interface Limits {
  /** Changes up to this sequence number may be sent. */
  readonly changes: number;
  /** Removals up to this sequence number may be sent. */
  readonly removals: number;
  /** Names that must not be removed yet. */
  readonly needed: Needed;
  /** Clusters that the client lacks. Resources that refer to them are not sent. */
  readonly missing: ReadonlySet<string>;
}

/** One step of a bisection: names that were rejected together and are not sent in this step. */
export interface BisectionStep {
  readonly waiting: ReadonlySet<string>;
}

/** Everything that a batch depends on: the state of the subscription and its limits. Equal keys of one interest have equal batches. */
export interface BatchKey extends DecisionContext {
  readonly mode: Mode;
  readonly limits: Limits;
  /** State of the world: what the client may hold from an earlier stream. It does not say what it holds of this. */
  readonly carriedOver: Coverage;
  readonly bisection: BisectionStep;
}

/** An update of one name: a version, or its removal. */
export interface NameUpdate {
  readonly resource: EncodedResource | undefined;
  readonly before: Exception;
  /** Whether the update repeats what the client certainly held last. A full state must contain it. */
  readonly again: boolean;
}

export interface UpdateBatch {
  readonly key: BatchKey;
  readonly to: number;
  /** Until this sequence number, the client was up to date with all updated names. */
  readonly from: number;
  readonly updates: ReadonlyMap<string, NameUpdate>;
  /** Resources that are new to the client. */
  readonly changed: readonly EncodedResource[];
  /** Names to report as removed. Incremental only. */
  readonly removed: readonly string[];
  /** Names of the clusters that the changed resources refer to. */
  readonly clusters: ReadonlySet<string>;
  /** Whether there is nothing to send. */
  readonly empty: boolean;
  /** Whether the order of types delays an update. */
  readonly waits: boolean;
  /** Version of the state that the client holds after the batch. */
  readonly version: string;
  /** The responses, in the order of sending. */
  readonly chunks: readonly Chunk[];
  /** The standing of the client after it accepted the chunks up to this index. */
  after(index: number): Standing;
}

/** The names in one response. */
export function chunkNames(chunk: Chunk | undefined): readonly string[] {
  return chunk === undefined ? [] : [...chunk.resources.map(({ name }) => name), ...chunk.removed];
}
