/** Words of clients are bounded, whole characters, and safe to print. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeRequest, type ClientMode } from '../../testing/xds/client-wire.js';
import { decodeDeltaDiscoveryRequest, decodeDiscoveryRequest } from './request.js';
import { CUT_MARK, MAX_WORDS_BYTES, decodeWords, printable } from './words.js';

/** The words of a NACK as the server reads them. */
function wordsOf(mode: ClientMode, message: string): string | undefined {
  const bytes = encodeRequest(mode, { typeUrl: 't', errorDetail: { code: 13, message } });
  return (mode === 'sotw' ? decodeDiscoveryRequest(bytes) : decodeDeltaDiscoveryRequest(bytes, 10)).error?.message;
}

describe('error messages of clients', () => {
  for (const mode of ['sotw', 'delta'] as const)
    it(`are truncated at 4 KiB, and marked (${mode})`, () => {
      assert.equal(wordsOf(mode, 'x'.repeat(MAX_WORDS_BYTES)), 'x'.repeat(MAX_WORDS_BYTES));
      assert.equal(wordsOf(mode, 'x'.repeat(1 << 20)), 'x'.repeat(MAX_WORDS_BYTES - CUT_MARK.length) + CUT_MARK);
    });

  it('that Envoy truncated stay marked', () => {
    const words = wordsOf('delta', `${'x'.repeat(4096)}${CUT_MARK}`) ?? '';
    assert.deepEqual([words.length, words.endsWith(`x${CUT_MARK}`)], [MAX_WORDS_BYTES, true]);
  });

  it('are truncated between two characters', () => {
    for (const character of ['é', '€', '🛟'])
      for (let shift = 0; shift < 4; shift += 1) {
        const words = wordsOf('sotw', 'x'.repeat(shift) + character.repeat(4000)) ?? '';
        assert.match(words, new RegExp(`^x{${String(shift)}}${character}+\\.\\.\\.\\(truncated\\)$`, 'u'));
        assert.ok(Buffer.byteLength(words) > MAX_WORDS_BYTES - 4 && Buffer.byteLength(words) <= MAX_WORDS_BYTES);
      }
  });

  it('have replacements for control characters and changes of direction, but keep their lines', () => {
    assert.equal(
      printable('a: \x1b[31mbad\x1b[0m\r\nb\tc\0\x7f\x9b\u202ed', 100),
      'a: \ufffd[31mbad\ufffd[0m\ufffd\nb\ufffdc\ufffd\ufffd\ufffd\ufffdd',
    );
  });

  it('are within the limit for any bytes, and unchanged if short and printable', () => {
    fc.assert(
      fc.property(fc.uint8Array({ size: 'max', maxLength: 9000 }), (bytes) => {
        const words = decodeWords(Buffer.from(bytes), 0, bytes.length);
        assert.ok(Buffer.byteLength(words) <= MAX_WORDS_BYTES);
      }),
    );
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => assert.equal(printable(text, 800), text)));
  });
});
