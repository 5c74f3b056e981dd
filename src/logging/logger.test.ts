import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { createLogger } from './logger.js';

describe('createLogger', () => {
  it('writes the lines of one turn of the event loop at once', async () => {
    const writes: string[][] = [];
    const stream = new Writable({
      decodeStrings: false,
      writev(chunks, done) {
        writes.push(chunks.map(({ chunk }) => (JSON.parse(chunk as string) as { readonly msg: string }).msg));
        done();
      },
    });
    const logger = createLogger({ level: 'info', stream, pretty: false, color: false });
    for (const node of ['a', 'b', 'c']) logger.info(node);
    assert.deepEqual(writes, []);
    await nextTurn();
    logger.info('d');
    await nextTurn();
    assert.deepEqual(writes, [['a', 'b', 'c'], ['d']]);
  });
});

/** After what was put off until the end of this turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
