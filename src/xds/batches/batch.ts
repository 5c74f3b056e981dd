/** An update batch: what is sent to bring a client from what it holds to what it should hold. */
import type { Mode } from '../protocol/mode.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Exception } from '../holdings/exception.js';
import type { Chunk } from './response.js';
import type { DecisionContext } from '../holdings/subscription-state.js';
import type { Needed, Standing } from '../holdings/standing.js';

/** How far a subscription may go now. Numbers are sequence numbers. */
export interface Limits {
  /** Changes up to this one may be sent. */
  readonly changes: number;
  /** Removals up to this one may be sent. */
  readonly removals: number;
  /** Names that may not be removed. */
  readonly needed: Needed;
  /** Clusters that the client does not have: resources that refer to them are not sent. */
  readonly missing: ReadonlySet<string>;
}

/** A step of a bisection: names that were refused together and are not sent again in this step. */
export interface BisectionStep {
  readonly waiting: ReadonlySet<string>;
}

/** All that a batch depends on: the state of the subscription and its limits. Equal keys of one interest have equal batches. */
export interface BatchKey extends DecisionContext {
  readonly mode: Mode;
  readonly limits: Limits;
  /** State of the world: the client may hold things of an earlier stream, and does not say which. */
  readonly comesBack: boolean;
  readonly bisection: BisectionStep;
}

/** An update of one name: a version, or its removal. */
export interface NameUpdate {
  readonly resource: EncodedResource | undefined;
  readonly before: Exception;
  /** It is what the client held when that was certain last: a full state has to say what that is. */
  readonly again: boolean;
}

export interface UpdateBatch {
  readonly key: BatchKey;
  readonly to: number;
  /** The client was up to date with all updated names at this sequence number. */
  readonly from: number;
  readonly updates: ReadonlyMap<string, NameUpdate>;
  /** Resources that are new to the client. */
  readonly changed: readonly EncodedResource[];
  /** Names to be reported as removed: incremental only. */
  readonly removed: readonly string[];
  /** Names of the clusters that the changed resources refer to. */
  readonly clusters: ReadonlySet<string>;
  /** Whether there is nothing to send. */
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
