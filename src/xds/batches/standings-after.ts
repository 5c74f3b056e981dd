/** What a client holds after each response of a batch. */
import { type Exception, exceptionOf } from '../holdings/exception.js';
import type { Standing } from '../holdings/standing.js';
import { type NameUpdate, chunkNames } from './batch.js';
import type { Chunk } from './response.js';

/** Returns the standing after the response with this index, computed on demand. `before`: without any response. `complete`: after all. */
export function standingsAfter(
  before: Standing,
  updates: ReadonlyMap<string, NameUpdate>,
  chunks: readonly Chunk[],
  complete: Standing,
): (index: number) => Standing {
  const partial: Standing[] = [];
  return (index) => {
    if (index < 0) return before;
    if (index >= chunks.length - 1) return complete;
    const names = chunks.slice(0, index + 1).flatMap((chunk) => chunkNames(chunk));
    partial[index] ??= before.with(names.flatMap((name) => settledBy(updates, name)));
    return partial[index];
  };
}

function settledBy(updates: ReadonlyMap<string, NameUpdate>, name: string): readonly (readonly [string, Exception])[] {
  const of = updates.get(name);
  return of === undefined ? [] : [[name, exceptionOf(of.resource, of.before.from)]];
}
