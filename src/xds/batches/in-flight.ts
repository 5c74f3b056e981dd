/** A response that the client has not answered yet. */
import { type Batch, type Told, chunkNames } from './batch.js';
import type { Chunk } from './response.js';

/** A response that is on its way, one chunk of a batch. */
export interface InFlight {
  readonly nonce: string;
  readonly batch: Batch;
  /** Which of the batch's chunks it is. */
  readonly index: number;
  /** Monotonic milliseconds. */
  readonly sentAt: number;
}

/** Whether other chunks of the batch follow it. */
export function isPart({ batch, index }: InFlight): boolean {
  return index + 1 < batch.chunks.length;
}

export function chunkOfFlight({ batch, index }: InFlight): Chunk | undefined {
  return batch.chunks[index];
}

/** What the response tells that is new to the client; by name. A full state also tells by what it leaves out. */
export function toldBy({ batch, index }: InFlight): ReadonlyMap<string, Told> {
  if (batch.chunks.length === 1) return batch.told;
  const names = chunkNames(batch.chunks[index]);
  return new Map(
    names.flatMap((name) => {
      const told = batch.told.get(name);
      return told === undefined ? [] : [[name, told] as const];
    }),
  );
}
