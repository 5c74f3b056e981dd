/** What is held of an incomplete message is known, however the bytes of a call are cut. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FrameMeter } from './frame-meter.js';
import { Intake } from './intake.js';
import { StreamError } from './message-stream.js';

/** More than any of the messages costs. */
const ROOM = 10_000;

function frame(length: number): Buffer {
  const bytes = Buffer.alloc(5 + length);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

/** Bytes that are left of `all`. */
function roomOf(intake: Intake, all: number): number {
  let room = all;
  while (!intake.take(room)) room -= 1;
  intake.give(room);
  return room;
}

/** No request is too slow. */
const NOBODY = { tooSlow: () => undefined };

describe('frame meter', () => {
  it('reserves exactly the bytes of incomplete messages', () => {
    const lengths = fc.array(fc.nat(50), { size: 'max', maxLength: 20 });
    fc.assert(
      fc.property(lengths, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (messages, cuts) => {
        const bytes = Buffer.concat(messages.map(frame));
        const intake = new Intake(ROOM);
        const meter = new FrameMeter(1e6, intake, NOBODY);
        for (let position = 0, turn = 0; position < bytes.length; turn += 1) {
          const chunk = bytes.subarray(position, position + (cuts[turn % cuts.length] ?? 1));
          position += chunk.length;
          meter.read(chunk);
          let [rest, index] = [position, 0];
          while (rest >= 5 + (messages[index] ?? Infinity)) rest -= 5 + (messages[index++] ?? 0);
          const reserved = ROOM - roomOf(intake, ROOM);
          assert.equal(meter.incomplete, rest > 0);
          assert.ok(reserved >= rest && (rest > 0 || reserved === 0), `${String(reserved)} for ${String(rest)}`);
        }
      }),
    );
  });

  it('reports the limit, until other messages are complete', () => {
    const intake = new Intake(350);
    const [one, other] = [new FrameMeter(1e6, intake, NOBODY), new FrameMeter(1e6, intake, NOBODY)];
    one.read(frame(100).subarray(0, 50));
    assert.throws(() => other.read(frame(100).subarray(0, 50)), StreamError);
    one.release();
    other.read(frame(100).subarray(50, 60));
  });

  it('counts the memory of pieces of any size', () => {
    const intake = new Intake(ROOM);
    const meter = new FrameMeter(1e6, intake, NOBODY);
    const bytes = frame(1_000);
    const feed = (): void => {
      for (const byte of bytes) meter.read(Buffer.from([byte]));
    };
    assert.throws(feed, StreamError);
  });

  it('rejects compressed messages', () => {
    const meter = new FrameMeter(1e6, new Intake(100), NOBODY);
    meter.read(frame(3));
    assert.throws(() => meter.read(Buffer.from([1])), StreamError);
  });
});
