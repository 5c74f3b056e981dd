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

  it('converts fields by their serializers', async () => {
    const { lines, stream } = linesOf();
    const logger = createLogger({
      level: 'info',
      stream,
      pretty: false,
      color: false,
      serializers: { node: (id) => String(id).length },
    });
    logger.info({ node: 'abc', peer: 'abc' }, 'connected');
    await nextTurn();
    const { node, peer } = JSON.parse(lines.join('')) as Readonly<Record<string, unknown>>;
    assert.deepEqual([node, peer], [3, 'abc']);
  });
});

/** A stream, and what was written to it. */
function linesOf(): { readonly lines: readonly string[]; readonly stream: Writable } {
  const lines: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      lines.push(chunk as string);
      done();
    },
  });
  return { lines, stream };
}

/** After what was put off until the end of this turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
