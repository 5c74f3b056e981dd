/** Words of clients are bounded, whole characters, and safe to print. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeRequest, type ClientMode } from '../../testing/xds/client-wire.js';
import { decodeDeltaDiscoveryRequest, decodeDiscoveryRequest } from './request.js';
import { CUT_MARK, MAX_ID_BYTES, MAX_WORDS_BYTES, decodeWords, printable, shortId } from './words.js';
import { decodeNode } from './node.js';
import { identityOf } from '../protocol/identity.js';
import { envoyType } from '../../proto/envoy-types.js';

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
    fc.assert(
      fc.property(fc.string({ maxLength: 200, size: 'max' }), (text) => assert.equal(printable(text, 800), text)),
    );
  });
});

describe('promise 28: what a client says it is', () => {
  const nodeOf = (fields: object): ReturnType<typeof decodeNode> => {
    const type = envoyType('envoy.config.core.v3.Node');
    return decodeNode(Buffer.from(type.encode(type.fromObject(fields)).finish()));
  };
  /** All that the node says of itself, each text once. */
  const said = (text: string): readonly string[] => {
    const locality = { region: text, zone: text, subZone: text };
    const node = nodeOf({
      id: text,
      cluster: text,
      userAgentName: text,
      userAgentVersion: text,
      clientFeatures: [text],
      locality,
    });
    const { id, cluster, userAgentName, userAgentVersion, clientFeatures } = node;
    const { region, zone, subZone } = node.locality;
    const texts = [id, cluster, userAgentName, userAgentVersion, ...clientFeatures, region, zone, subZone];
    return [...new Set(texts)];
  };

  it('is kept as it is, if it has at most 256 bytes', () => {
    for (const text of [
      'sidecar~10.0.0.1~a.b~b.svc.cluster.local',
      'x'.repeat(MAX_ID_BYTES),
      'é'.repeat(MAX_ID_BYTES / 2),
    ])
      assert.deepEqual(said(text), [text]);
  });

  it('is cut, and has no control characters, wherever it says it', () => {
    for (const text of ['x'.repeat(1 << 19), '🛟'.repeat(1 << 16), 'a\x1b[31m', 'a\nb', 'a\u202eb']) {
      const [short = '', ...others] = said(text);
      assert.deepEqual(others, []);
      assert.ok(Buffer.byteLength(short) <= MAX_ID_BYTES, short);
      // eslint-disable-next-line no-control-regex -- these must not be there
      assert.doesNotMatch(short, /[\x00-\x1f\u202e]/);
      assert.equal(short, shortId(text));
    }
  });

  it('does not make two clients one', () => {
    const long = 'x'.repeat(1000);
    const ids = [`${long}1`, `${long}2`, long, 'a\0', 'a\x01', 'a\n', 'a', 'a\ufffd'];
    assert.equal(new Set(ids.map((id) => nodeOf({ id }).id)).size, ids.length);
    assert.equal(new Set(ids.map((id) => identityOf(nodeOf({ id })))).size, ids.length);
  });

  it('has at most 256 bytes whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', size: 'max', maxLength: 600 }), (text) => {
        const short = shortId(text);
        assert.ok(Buffer.byteLength(short) <= MAX_ID_BYTES);
        assert.equal(shortId(short), short);
      }),
    );
  });
});
