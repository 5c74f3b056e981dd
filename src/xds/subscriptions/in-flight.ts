/** A response that the client has not answered yet. */
import type { Batch } from './batch.js';

/** A response that is on its way, one chunk of a batch. */
export interface InFlight {
  readonly nonce: string;
  readonly batch: Batch;
  /** Which of the batch's chunks it is. */
  readonly index: number;
  /** Changes up to this sequence number were told and answered before. */
  readonly from: number;
  /** Monotonic milliseconds. */
  readonly sentAt: number;
}

/** Whether other chunks of the batch follow it. */
export function isPart({ batch, index }: InFlight): boolean {
  return index + 1 < batch.chunks.length;
}

/** Names of the resources and removals in one response of a batch. */
export function chunkNames(batch: Batch, index: number): readonly string[] {
  const chunk = batch.chunks[index];
  return chunk === undefined ? [] : [...chunk.resources.map(({ name }) => name), ...chunk.removed];
}
