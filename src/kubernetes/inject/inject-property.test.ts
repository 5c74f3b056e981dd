/** Injection into random manifests: it adds lines and changes none, and does nothing the second time. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Document, visit } from 'yaml';
import { DEFAULT_READ_LIMITS } from '../../source/index.js';
import { injectOptions } from '../../testing/kubernetes/inject-options.js';
import { propertyRuns, propertyTimeout } from '../../testing/property-runs.js';
import { injectText } from './inject-text.js';
import type { InjectOptions } from './options.js';

const OTHER: Partial<InjectOptions> = {
  image: 'envoy:2',
  tlsSecret: 'tls',
  hostAliases: [{ hostname: 'other.global', address: '127.0.0.1' }],
};

const word = fc.constantFrom('a', 'b: c', 'on', '1', '# d', 'two\nlines\n', "it's", '');
const entry = fc.dictionary(fc.constantFrom('x', 'y', 'key with space'), fc.oneof(word, fc.array(word)), {
  maxKeys: 3,
});
const named = fc.uniqueArray(fc.record({ name: fc.constantFrom('c1', 'c2', 'c3'), more: entry }), {
  minLength: 1,
  maxLength: 3,
  selector: ({ name }) => name,
  size: 'max',
});
const aliases = fc.constantFrom(
  [{ ip: '127.0.0.1', hostnames: ['own.local'] }],
  [{ hostnames: ['db'], ip: '10.0.0.1' }],
);
const spec = fc.record(
  { more: entry, containers: named, initContainers: named, volumes: named, hostAliases: aliases },
  { requiredKeys: ['containers'] },
);
const metadata = fc.record(
  { name: fc.constant('n'), labels: fc.constant({ app: 'web' }), annotations: fc.constant({ own: 'yes' }) },
  { requiredKeys: ['name'] },
);
const workload = fc.oneof(
  fc.record({ apiVersion: fc.constant('v1'), kind: fc.constant('Pod'), metadata, spec }),
  fc.record({
    apiVersion: fc.constant('apps/v1'),
    kind: fc.constant('Deployment'),
    spec: fc.record({ template: fc.record({ metadata, spec }, { requiredKeys: ['spec'] }), more: entry }),
  }),
);

/** Comments before every entry and item whose turn it is. */
function written(value: object, { every, indent, indentSeq }: Style): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  let turn = 0;
  const comment = (node: unknown): void => {
    turn++;
    if (turn % every === 0 && typeof node === 'object' && node !== null)
      Object.assign(node, { commentBefore: ` ${turn}` });
  };
  visit(document, {
    Pair: (_key, pair) => comment(pair.key),
    Map: (key, node) => (typeof key === 'number' ? comment(node) : undefined),
  });
  return document.toString({ indent, indentSeq, lineWidth: 0 });
}

interface Style {
  readonly every: number;
  readonly indent: number;
  readonly indentSeq: boolean;
}

const style = fc.record({
  every: fc.integer({ min: 2, max: 5 }),
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
});

function inject(text: string, options: Partial<InjectOptions> = {}): string {
  const { findings, text: result } = injectText(text, injectOptions(options), DEFAULT_READ_LIMITS);
  assert.deepEqual(findings, []);
  return result;
}

describe('the injection into any manifest', () => {
  it('keeps all lines in their order, changes nothing the second time, and comes back from other flags', function () {
    this.timeout(propertyTimeout(60_000));
    fc.assert(
      fc.property(fc.array(fc.tuple(workload, style), { minLength: 1, maxLength: 3, size: 'max' }), (documents) => {
        const text = documents.map(([value, how]) => written(value, how)).join('---\n');
        const once = inject(text);
        const lines = once.split('\n');
        let at = 0;
        for (const line of text.split('\n')) at = lines.indexOf(line, at) + 1 || assert.fail(`${line}\n${once}`);
        assert.equal(inject(once), once);
        assert.equal(inject(inject(once, OTHER)), once);
      }),
      { numRuns: propertyRuns(25) },
    );
  });

  it('does the same in JSON', function () {
    this.timeout(propertyTimeout(60_000));
    fc.assert(
      fc.property(workload, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const once = inject(JSON.stringify(value, null, indent));
        assert.doesNotThrow(() => JSON.parse(once) as unknown);
        assert.equal(inject(once), once);
        assert.equal(inject(inject(once, OTHER)), once);
      }),
      { numRuns: propertyRuns(25) },
    );
  });
});
