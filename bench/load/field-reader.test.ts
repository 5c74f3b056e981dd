import assert from 'node:assert/strict';
import { FieldReader, HEAD } from './field-reader.js';
import { field } from './protobuf.js';

interface Read {
  readonly fields: readonly (readonly [number: number, content: string])[];
  readonly messages: readonly number[];
}

/** What the reader makes of the bytes when they come in pieces of this size. */
function read(bytes: Buffer, size: number): Read {
  const fields: [number, string][] = [];
  const messages: number[] = [];
  const reader = new FieldReader({
    field: (number, from, start, end) => fields.push([number, from.toString('latin1', start, end)]),
    message: (length) => messages.push(length),
  });
  for (let at = 0; at < bytes.length; at += size) {
    // As a socket does, which reuses its buffer.
    const piece = Buffer.from(bytes.subarray(at, at + size));
    reader.read(piece, 0, piece.length);
    piece.fill(0);
  }
  return { fields, messages };
}

function message(...fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat(fields);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

describe('the field reader', () => {
  const flag = Buffer.from([(3 << 3) | 0, 0xac, 0x02]);
  const first = message(field(1, 'version'), field(2, 'a'.repeat(300)), flag, field(4, ''), field(5, 'nonce'));
  const bytes = Buffer.concat([first, message(), message(field(2, 'b'))]);

  it('gives the same result for any pieces of the input', () => {
    const whole = read(bytes, bytes.length);
    assert.deepEqual(whole.messages, [first.length - 5, 0, 3]);
    assert.deepEqual(
      whole.fields.map(([number, { length }]) => [number, length]),
      [
        [1, 7],
        [2, 300],
        [4, 0],
        [5, 5],
        [2, 1],
      ],
    );
    for (let size = 1; size < bytes.length; size += 1)
      assert.deepEqual(read(bytes, size), whole, `in pieces of ${size}`);
  });

  it('stores only the beginning of a long field that arrives in pieces', () => {
    const long = message(field(2, `head${'x'.repeat(3 * HEAD)}`), field(5, 'nonce'));
    for (const size of [1_000, HEAD, 2 * HEAD]) {
      const { fields, messages } = read(long, size);
      assert.deepEqual(
        fields.map(([number]) => number),
        [2, 5],
        `in pieces of ${size}`,
      );
      assert.ok(fields[0]?.[1].startsWith('head') && fields[0][1].length < 2 * HEAD);
      assert.equal(fields[1]?.[1], 'nonce');
      assert.equal(messages.length, 1);
    }
  });
});
