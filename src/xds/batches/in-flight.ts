/** A response that the client has not answered yet. */
import { type UpdateBatch, type NameUpdate, chunkNames } from './batch.js';
import type { Chunk } from './response.js';

/** A sent response without an answer: one chunk of a batch. */
export interface InFlight {
  readonly nonce: string;
  readonly batch: UpdateBatch;
  /** The index of the chunk in its batch. */
  readonly index: number;
  /** Monotonic time in milliseconds. */
  readonly sentAt: number;
}

/** Whether further chunks of the batch follow. */
export function isPart({ batch, index }: InFlight): boolean {
  return index + 1 < batch.chunks.length;
}

export function chunkInFlight({ batch, index }: InFlight): Chunk | undefined {
  return batch.chunks[index];
}

/** The updates in the response, by name. A full state also removes the names that it lacks. */
export function updatesIn({ batch, index }: InFlight): ReadonlyMap<string, NameUpdate> {
  if (batch.chunks.length === 1) return batch.updates;
  const names = chunkNames(batch.chunks[index]);
  return new Map(
    names.flatMap((name) => {
      const update = batch.updates.get(name);
      return update === undefined ? [] : [[name, update] as const];
    }),
  );
}
