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

describe('frame reader', () => {
  it('puts messages together, wherever they were cut', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 });
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(frame));
        const intake = new Intake(1000);
        const reader = new FrameReader(50, intake);
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

  it('refuses a message that is too large before it has come', () => {
    const reader = new FrameReader(10, new Intake(1000));
    assert.throws(() => reader.read(Buffer.from([0, 0, 0, 0, 11]), unexpected), StreamError);
  });

  it('refuses a compressed message', () => {
    const reader = new FrameReader(10, new Intake(1000));
    assert.throws(() => reader.read(Buffer.from([1, 0, 0, 0, 1, 0]), unexpected), StreamError);
  });

  it('refuses when too much is being received at the same time, and takes it when there is room again', () => {
    const intake = new Intake(60);
    const [one, other] = [new FrameReader(100, intake), new FrameReader(100, intake)];
    const part = frame(new Uint8Array(100)).subarray(0, 50);
    one.read(part, unexpected);
    assert.throws(() => other.read(part, unexpected), StreamError);
    one.release();
    other.read(part, unexpected);
  });
});
