/** Bodies are made once, within a budget, and go with their chunks. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { resource } from '../../testing/xds/server.js';
import { CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';
import { BodyCache } from './body-cache.js';
import { type Chunk, chunksOf } from './response.js';

function chunkOf(name: string): Chunk {
  const typeUrl = CLUSTER_LOAD_ASSIGNMENT;
  const resources = [resource(typeUrl, name)];
  return chunksOf(
    { mode: 'delta', typeUrl, version: '1', resources, changed: resources, removed: [] } as unknown as Parameters<
      typeof chunksOf
    >[0],
    1 << 20,
  )[0]!;
}

describe('body cache', () => {
  it('returns the same body for a chunk, until newer ones need its space', () => {
    const [a, b] = [chunkOf('a'), chunkOf('b')];
    const size = new BodyCache(0).bodyOf(a).length;
    const cache = new BodyCache(size);
    const first = cache.bodyOf(a);
    assert.equal(cache.bodyOf(a), first);
    cache.bodyOf(b);
    assert.notEqual(cache.bodyOf(a), first);
    assert.equal(cache.bytes, size);
    cache.clear();
    assert.equal(cache.bytes, 0);
  });

  it('removes the body of a chunk that nobody refers to', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const cache = new BodyCache(1 << 20);
    const kept = chunkOf('kept');
    const size = cache.bodyOf(kept).length;
    for (const name of ['a', 'b', 'c']) cache.bodyOf(chunkOf(name));
    while (cache.bytes > size) {
      await turn();
      collectGarbage();
    }
    assert.equal(cache.bytes, size);
    assert.ok(cache.bodyOf(kept));
  });
});
