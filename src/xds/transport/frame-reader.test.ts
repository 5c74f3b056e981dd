/** Messages come whole, however the bytes of a call are cut. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FrameReader } from './frame-reader.js';
import { Intake } from './intake.js';
import { StreamError } from './message-stream.js';

function frame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function unexpected(): void {
  throw new Error('no message was complete');
}

/** No request is too slow. */
const NOBODY = { tooSlow: () => undefined };

describe('frame reader', () => {
  it('assembles messages from any pieces', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 50, size: 'max' }), { maxLength: 10, size: 'max' });
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(frame));
        const intake = new Intake(1000);
        const reader = new FrameReader(50, intake, NOBODY);
        const received: Buffer[] = [];
        for (let position = 0, turn = 0; position < bytes.length; turn += 1) {
          const length = cuts[turn % cuts.length] ?? 1;
          reader.read(bytes.subarray(position, position + length), (message) => received.push(Buffer.from(message)));
          position += length;
        }
        assert.deepEqual(
          received,
          sent.map((message) => Buffer.from(message)),
        );
        // Nothing incomplete is left over.
        assert.equal(intake.take(1000), true);
      }),
    );
  });

  it('stores few pieces of a message that arrives byte by byte, and assembles it', () => {
    let kept = 0;
    class CountingIntake extends Intake {
      override join(pieces: readonly Buffer[], bytes: number): Buffer {
        kept = pieces.length;
        return super.join(pieces, bytes);
      }
    }
    const sent = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 251));
    const reader = new FrameReader(1 << 20, new CountingIntake(1 << 20), NOBODY);
    const received: Buffer[] = [];
    const bytes = frame(sent);
    // Some larger pieces between the bytes.
    for (let position = 0; position < bytes.length;) {
      const end = position + (position % 3_000 === 0 ? 1_000 : 1);
      reader.read(bytes.subarray(position, end), (message) => received.push(Buffer.from(message)));
      position = end;
    }
    assert.deepEqual(received, [sent]);
    assert.ok(kept < 40, String(kept));
  });

  it('knows whether a message is incomplete', () => {
    const reader = new FrameReader(10, new Intake(100), NOBODY);
    const bytes = frame(Buffer.from('abc'));
    for (const [piece, incomplete] of [
      [bytes.subarray(0, 2), true],
      [bytes.subarray(2, 7), true],
      [bytes.subarray(7), false],
    ] as const) {
      reader.read(piece, () => undefined);
      assert.equal(reader.incomplete, incomplete);
    }
  });

  it('rejects a message that is too large before it has arrived', () => {
    const reader = new FrameReader(10, new Intake(1000), NOBODY);
    assert.throws(() => reader.read(Buffer.from([0, 0, 0, 0, 11]), unexpected), StreamError);
  });

  it('rejects a compressed message', () => {
    const reader = new FrameReader(10, new Intake(1000), NOBODY);
    assert.throws(() => reader.read(Buffer.from([1, 0, 0, 0, 1, 0]), unexpected), StreamError);
  });

  it('rejects messages above the limit of incomplete ones, and accepts them later', () => {
    const intake = new Intake(60);
    const [one, other] = [new FrameReader(100, intake, NOBODY), new FrameReader(100, intake, NOBODY)];
    const part = frame(new Uint8Array(100)).subarray(0, 50);
    one.read(part, unexpected);
    assert.throws(() => other.read(part, unexpected), StreamError);
    one.release();
    other.read(part, unexpected);
  });
});
