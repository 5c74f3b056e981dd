import assert from 'node:assert/strict';
import { FrameReader } from './frame-reader.js';
import { dataFrames, FLAG, FRAME, frame, MAX_PAYLOAD, STREAM_ID, windowUpdate } from './http2-frames.js';

/** What the reader says of the bytes when they come in pieces of this size: DATA joined, the rest in order. */
function read(bytes: Buffer, size: number): readonly string[] {
  const said: string[] = [];
  let data = '';
  const flush = (): void => {
    if (data !== '') said.push(`data ${data}`);
    data = '';
  };
  const reader = new FrameReader({
    data: (from, start, end) => (data += from.toString('latin1', start, end)),
    received: (length) => {
      flush();
      said.push(`received ${length}`);
    },
    control: ({ type, streamId }, payload) => {
      flush();
      said.push(`frame ${type} on ${streamId}: ${payload.toString('hex')}`);
    },
    endStream: () => {
      flush();
      said.push('end');
    },
  });
  for (let at = 0; at < bytes.length; at += size) reader.read(bytes, at, Math.min(bytes.length, at + size));
  flush();
  return said;
}

describe('the frame reader', () => {
  const padded = frame(FRAME.data, FLAG.padded, STREAM_ID, Buffer.from('\u0003padded...', 'latin1'));
  const bytes = Buffer.concat([
    frame(FRAME.settings, 0, 0, Buffer.alloc(0)),
    frame(FRAME.data, 0, STREAM_ID, Buffer.from('hello')),
    padded,
    windowUpdate(0, 7),
    frame(FRAME.data, 0, STREAM_ID, Buffer.alloc(0)),
    frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, STREAM_ID, Buffer.from([0x88])),
  ]);

  it('gives the same result for any pieces of the input', () => {
    const whole = [
      'frame 4 on 0: ',
      'received 5',
      'data hello',
      'received 10',
      'data padded',
      'frame 8 on 0: 00000007',
      'received 0',
      'frame 1 on 1: 88',
      'end',
    ];
    for (let size = 1; size <= bytes.length; size += 1)
      assert.deepEqual(read(bytes, size), whole, `in pieces of ${size}`);
  });

  it('reads frames that were written by the client', () => {
    const text = 'x'.repeat(MAX_PAYLOAD + 1);
    const frames = dataFrames(Buffer.from(text));
    assert.equal(frames.length, 2);
    assert.deepEqual(read(Buffer.concat([...frames]), 1_000), [
      `received ${MAX_PAYLOAD}`,
      `data ${text.slice(1)}`,
      'received 1',
      'data x',
    ]);
  });
});
