/** The expectations are what `sigs.k8s.io/yaml` v1.6.0 makes of the same texts, except for `y` and `n`. */
import assert from 'node:assert/strict';
import { plainKey, plainScalar } from './plain-scalar.js';

describe('plainScalar', () => {
  const cases: readonly (readonly [unknown, readonly string[]])[] = [
    [true, ['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']],
    [false, ['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF']],
    [null, ['', '~', 'null', 'Null', 'NULL']],
    [8, ['8', '010', '0o10', '0x8', '0b1000', '+8', '8.', '08', '0_10', '8_']],
    [-8, ['-8', '-010', '-0x8', '-8.0']],
    [0, ['0', '-0', '00', '0e1234', '-0.0']],
    [1_000, ['1000', '1_000', '1e3', '1E+3', '1__0_00']],
    [0.5, ['.5', '+.5', '0.5', '5e-1']],
    [2_220_000, ['0222e04']],
    [1.1, ['1.10']],
    [18_446_744_073_709_552_000, ['18446744073709551616']],
  ];
  for (const [value, texts] of cases) {
    for (const text of texts)
      it(`reads ${JSON.stringify(text)} as ${String(value)}`, () => assert.equal(plainScalar(text), value));
  }

  const texts = [
    ...[
      'y',
      'Y',
      'n',
      'N',
      'yEs',
      'nULL',
      'oN',
      'yess',
      'a',
      '10.0.0.1',
      '1.2.3',
      '5m',
      '2024-01-31',
      '12:30:45',
      '1:20',
      '0x',
      '0o',
      '0o8',
    ],
    ...[
      '0b2',
      '0xg',
      '1e400',
      '.e3',
      '.',
      '-',
      '+',
      '_1',
      '._5',
      '.5_0',
      '--1',
      '1e',
      '.inf',
      '.NaN',
      '0xFFFFFFFFFFFFFFFFF',
    ],
  ];
  for (const text of texts) it(`leaves ${text} a text`, () => assert.equal(plainScalar(text), text));

  it('returns keys as Kubernetes does', () => {
    assert.deepEqual(['on', 'off', '010', '1.50', 'a', 'null', '~'].map(plainKey), [
      'true',
      'false',
      '8',
      '1.5',
      'a',
      'null',
      '~',
    ]);
  });
});
