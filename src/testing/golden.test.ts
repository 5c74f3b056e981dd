import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { toGoldenYaml } from './golden-yaml.js';
import { type Golden, matchGolden, resultsByClient } from './golden.js';

const GOLDEN: Golden = { inputs: ['in.yaml'], results: new Map([['east.clusters', [{ name: 'a' }]]]) };

describe('a golden folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lifeboat-golden-'));
    writeFileSync(join(folder, 'in.yaml'), 'inputs stay');
    matchGolden(folder, GOLDEN, true);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('matches the written files', () => {
    matchGolden(folder, GOLDEN, false);
  });

  it('does not match another result', () => {
    writeFileSync(join(folder, 'east.clusters.yaml'), '- { name: b }\n');
    assert.throws(() => matchGolden(folder, GOLDEN, false), /east\.clusters\.yaml differs.*make golden/s);
  });

  it('does not match if a file is missing', () => {
    rmSync(join(folder, 'east.clusters.yaml'));
    assert.throws(() => matchGolden(folder, GOLDEN, false), /east\.clusters\.yaml differs/);
  });

  for (const orphan of ['west.clusters.yaml', 'east.json']) {
    it(`does not match with ${orphan}, an additional file`, () => {
      writeFileSync(join(folder, orphan), '');
      assert.throws(() => matchGolden(folder, GOLDEN, false), /files that no result belongs to/);
    });
  }

  it('is rewritten: with new results, without additional files, with unchanged inputs', () => {
    writeFileSync(join(folder, 'east.clusters.yaml'), 'old');
    writeFileSync(join(folder, 'west.clusters.yaml'), '');
    matchGolden(folder, GOLDEN, true);
    assert.deepEqual(readdirSync(folder).sort(), ['east.clusters.yaml', 'in.yaml']);
    assert.equal(readFileSync(join(folder, 'east.clusters.yaml'), 'utf8'), '- { name: a }\n');
    assert.equal(readFileSync(join(folder, 'in.yaml'), 'utf8'), 'inputs stay');
  });
});

describe('results by client', () => {
  it('are one file for clients with the same result of a type', () => {
    const clients = new Map(
      [
        ['b', { clusters: ['x'], routes: ['1'] }],
        ['a', { clusters: ['x'], routes: [] }],
        ['c', { clusters: [], routes: ['1'] }],
      ].map(([name, types]) => [name, types] as [string, Record<string, string[]>]),
    );
    assert.deepEqual(
      [...resultsByClient(clients)],
      [
        ['b+a.clusters', ['x']],
        ['b+c.routes', ['1']],
        ['a.routes', []],
        ['c.clusters', []],
      ],
    );
  });
});

describe('golden YAML', () => {
  it('has the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'max', maxDepth: 4 }), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        assert.deepEqual(parse(toGoldenYaml(plain)), plain);
      }),
    );
  });

  it('puts short collections on one line, and neither folds nor aliases', () => {
    const address = { address: '127.0.0.1', portValue: 80 };
    const long = 'word '.repeat(40).trim();
    assert.equal(
      toGoldenYaml({ first: address, second: address, list: [address, { long }] }),
      `first: { address: 127.0.0.1, portValue: 80 }
second: { address: 127.0.0.1, portValue: 80 }
list:
- { address: 127.0.0.1, portValue: 80 }
- long: ${long}
`,
    );
  });
});
