import assert from 'node:assert/strict';
import { collectFindings } from '../model/finding.js';
import type { LocalitySpec, MappingSpec } from './mapping.js';
import { checkDirectives } from './mapping-findings.js';

function place(text: string): LocalitySpec {
  const [region = '', zone = '', subZone = ''] = text.split('/');
  return { region, ...(zone !== '' && { zone }), ...(subZone !== '' && { subZone }) };
}

function found(from: string, to: readonly LocalitySpec[]): readonly string[] {
  const findings = collectFindings({ kind: 'FailoverPolicy', namespace: 'n', name: 'p' });
  checkDirectives(findings, [{ from: place(from), to } satisfies MappingSpec], []);
  return findings.all.map(({ code, path, message }) => `${code} ${path.join('.')} ${message}`);
}

describe('a mapping', () => {
  it('without targets does not fail over', () => {
    const message =
      'The mapping from r1 has no "to": when the endpoints in r1 fail, requests from there fail. List the localities to fail over to.';
    assert.deepEqual(found('r1', []), [`MissingField 0 ${message}`]);
  });
});

describe('findings about targets of a mapping that are never used', () => {
  const cases: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    [
      'inside "from"',
      'r1',
      ['r2', 'r1/z1'],
      [
        'UnreachableLocality 0.to.1 The target r1/z1 is inside "from" r1, where traffic goes first, the nearest endpoints before the others, so it has no effect. Remove it, or set weights.',
      ],
    ],
    [
      'inside an earlier target',
      'r1',
      ['r2', 'r2/z1'],
      [
        'UnreachableLocality 0.to.1 The target r2/z1 is inside the earlier target r2, so it has no effect. Remove it, or set weights.',
      ],
    ],
    ['not before the one that it is inside', 'r1', ['r2/z1', 'r2'], []],
    ['not by the beginning of a name', 'r1', ['r10', 'r1-b'], []],
    ['not around "from"', 'r1/z1', ['r1'], []],
  ];
  for (const [name, from, to, expected] of cases) {
    it(name, () => {
      assert.deepEqual(found(from, to.map(place)), expected);
    });
  }

  it('are absent with weights, because the most specific target applies', () => {
    assert.deepEqual(
      found('r1', [
        { ...place('r1'), weight: 50 },
        { ...place('r1/z1'), weight: 50 },
      ]),
      [],
    );
  });
});
