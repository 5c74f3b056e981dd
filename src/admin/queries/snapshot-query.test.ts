import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readSnapshotQuery, writeSnapshotQuery } from './snapshot-query.js';

const word = fc.stringMatching(/^[a-zA-Z0-9._-]{1,10}$/);
const pairs = fc.dictionary(word, word, { noNullPrototype: true });

describe('readSnapshotQuery', () => {
  it('is the inverse of writeSnapshotQuery', () => {
    const query = fc.record(
      {
        nodeId: word,
        region: word,
        zone: word,
        subZone: word,
        cluster: word,
        labels: pairs,
        metadata: pairs,
        targets: fc.array(word, { minLength: 1 }),
      },
      { requiredKeys: ['nodeId', 'region', 'zone', 'labels', 'metadata'], noNullPrototype: true },
    );
    fc.assert(fc.property(query, (given) => assert.deepEqual(readSnapshotQuery(writeSnapshotQuery(given)), given)));
  });

  it('requires the node', () => {
    assert.throws(() => readSnapshotQuery(new URLSearchParams()), /nodeId is missing/);
  });
});
