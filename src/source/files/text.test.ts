import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeText } from './text.js';

describe('decodeText', () => {
  it('decodes UTF-8, without its byte order mark', () => {
    assert.deepEqual(decodeText(Buffer.from('a: ü🚣\n')), { text: 'a: ü🚣\n' });
    assert.deepEqual(decodeText(Buffer.from('\uFEFFa')), { text: 'a' });
  });

  const refused: readonly (readonly [string, Buffer, number, number, RegExp])[] = [
    ['UTF-16', Buffer.from('\uFEFFa', 'utf16le'), 1, 1, /UTF-16/],
    ['Latin-1', Buffer.from('a: 1\nb: caf\xe9\n', 'latin1'), 2, 7, /not UTF-8/],
    ['a sequence that is cut off', Buffer.from([0x61, 0xe2, 0x82]), 1, 2, /not UTF-8/],
    ['NUL', Buffer.from('a\n\n b\0'), 3, 3, /NUL/],
  ];
  for (const [title, bytes, line, column, message] of refused) {
    it(`rejects ${title}, with its position`, () => {
      const decoded = decodeText(bytes);
      assert.ok('finding' in decoded);
      assert.deepEqual([decoded.finding.line, decoded.finding.column], [line, column]);
      assert.match(decoded.finding.message, message);
    });
  }

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ size: 'medium' }), (bytes) => void decodeText(Buffer.from(bytes))));
  });
});
