import assert from 'node:assert/strict';
import type { Diagnostic } from '../api/diagnostic.js';
import type { RawResource } from '../api/resource.js';
import { statusMessage } from './message.js';

/** The message of a finding about `spec.a`, whose value is written in some way. */
function shown(message: string, value: unknown, written: string | undefined): string {
  const ref = { kind: 'Pod', namespace: '', name: 'a' };
  const finding: Diagnostic = { ref, path: ['spec', 'a'], code: 'InvalidValue', severity: 'error', message };
  const metadata = { name: 'a', namespace: '', labels: {}, annotations: {} };
  const raw: RawResource = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata, generation: 1, arrival: 1, document: { spec: { a: value } } },
    locate: () => ({ file: 'a', line: 1, column: 1 }),
    written: () => written,
  };
  return statusMessage(finding, raw);
}

describe('messageOf', () => {
  it('quotes numbers as the document writes them', () => {
    assert.equal(shown('It must be 0 to 100, not 256.', 256, '0x100'), 'It must be 0 to 100, not 0x100.');
    assert.equal(
      shown('Invalid 1.5: 1.55 and 11.5 are others.', 1.5, '1.50'),
      'Invalid 1.50: 1.55 and 11.5 are others.',
    );
  });

  it('does not change other messages', () => {
    assert.equal(shown('Not 256.', 256, '256'), 'Not 256.');
    assert.equal(shown('Not 256.', 256, undefined), 'Not 256.');
    assert.equal(shown('Not 256.', '256', '0x100'), 'Not 256.');
    assert.equal(shown('Not there.', undefined, undefined), 'Not there.');
  });
});
