import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RawResource } from '../../api/resource.js';
import { nextContent } from './last-good-content.js';
import { brief, service } from '../fixtures.test.js';
import { type ResourceBatch, type CommitOptions, createFileTable } from './table.js';

/** A table of files that are texts; `undefined` is a file that cannot be read, and `null` one that is gone. */
function createTable(
  options: CommitOptions = {},
): (files: Readonly<Record<string, string | undefined | null>>) => ResourceBatch | undefined {
  const table = createFileTable();
  return (files) => {
    for (const [file, text] of Object.entries(files)) {
      if (text === null) {
        table.remove(file);
        continue;
      }
      const finding = {
        line: 1,
        column: 1,
        severity: 'error',
        code: 'UnreadableFile',
        message: 'It cannot be read.',
      } as const;
      const steps = nextContent(file, table.content(file), text === undefined ? { finding } : { text, identity: '' });
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      table.set(file, step.value);
    }
    return table.commit(options);
  };
}

interface Summary {
  readonly upserts?: readonly string[];
  readonly deletes?: readonly string[];
  readonly findings?: readonly string[];
}

/** `name#generation@arrival hostname` of the upserts. */
function summary(batch: ResourceBatch | undefined): Summary | undefined {
  if (batch === undefined) return undefined;
  const { upserts, deletes, findings } = batch;
  return {
    ...(upserts.length > 0 && { upserts: upserts.map(line) }),
    ...(deletes.length > 0 && { deletes: deletes.map(({ name }) => name) }),
    ...(findings.length > 0 && { findings: brief('', findings) }),
  };
}

function line({ metadata, generation, arrival, document }: RawResource): string {
  return `${metadata.name}#${generation}@${arrival} ${String((document['spec'] as { readonly hostname?: string }).hostname)}`;
}

function documents(...texts: readonly string[]): string {
  return texts.join('---\n');
}

describe('file table', () => {
  it('returns everything first, even if that is nothing', () => {
    assert.deepEqual(createTable()({}), { upserts: [], deletes: [], findings: [], newFindings: [], arrival: 1 });
    assert.deepEqual(
      summary(createTable()({ 'a.yaml': documents(service('a'), service('b')), 'b.yaml': service('c') })),
      {
        upserts: ['a#1@1 a.global', 'b#1@1 a.global', 'c#1@1 a.global'],
      },
    );
  });

  it('returns only changes, with the next generation and the same arrival', () => {
    const apply = createTable();
    apply({ 'a.yaml': documents(service('a'), service('b')) });
    assert.equal(apply({ 'a.yaml': documents(service('a'), service('b')) }), undefined);
    assert.deepEqual(summary(apply({ 'a.yaml': documents(service('a'), service('b', 'b.global')) })), {
      upserts: ['b#2@1 b.global'],
    });
    assert.deepEqual(summary(apply({ 'a.yaml': documents(service('b'), service('c')) })), {
      upserts: ['b#3@1 a.global', 'c#1@3 a.global'],
      deletes: ['a'],
    });
    assert.deepEqual(summary(apply({ 'a.yaml': null })), { deletes: ['b', 'c'] });
    assert.deepEqual(summary(apply({ 'a.yaml': service('b') })), { upserts: ['b#1@5 a.global'] });
  });

  it('keeps the generation if only metadata or status change', () => {
    const apply = createTable();
    apply({ 'a.yaml': service('a') });
    const labelled = service('a').replace('namespace: ns}', 'namespace: ns, labels: {x: z}}');
    assert.deepEqual(summary(apply({ 'a.yaml': labelled })), { upserts: ['a#1@1 a.global'] });
    assert.deepEqual(summary(apply({ 'a.yaml': `${labelled}status: {state: ACCEPTED}\n` })), {
      upserts: ['a#1@1 a.global'],
    });
    assert.deepEqual(summary(apply({ 'a.yaml': `${labelled}  port: {}\n` })), { upserts: ['a#2@1 a.global'] });
  });

  it('returns no change for comments, order, quotes and moved documents, but knows the new positions', () => {
    const apply = createTable();
    const [a] = apply({ 'a.yaml': documents(service('a'), service('b')) })?.upserts ?? [];
    const place = (): unknown => a?.locate(['spec', 'hostname']);
    assert.deepEqual(place(), { file: 'a.yaml', line: 5, column: 3 });
    assert.equal(apply({ 'a.yaml': documents('# first\n', service('b'), service('a')) }), undefined);
    assert.deepEqual(place(), { file: 'a.yaml', line: 13, column: 3 });
    const rewritten =
      'kind: FailoverService\nmetadata: {"namespace": ns, name: a}\napiVersion: "networking.smh.solo.io/v1alpha2"\n';
    assert.equal(
      apply({ 'a.yaml': service('b'), 'b.yaml': `${rewritten}spec: {hostname: 'a.global'} # same\n` }),
      undefined,
    );
    assert.deepEqual(place(), { file: 'b.yaml', line: 4, column: 8 });
    const list = { kind: 'List', items: [{ ...a?.document }] };
    assert.equal(apply({ 'b.yaml': null, 'c.json': JSON.stringify(list) }), undefined);
    assert.deepEqual(place(), { file: 'c.json', line: 1, column: 147 });
  });

  describe('the same resource in two places', () => {
    it('is that of the first file by path, in any order of reading', () => {
      const apply = createTable();
      apply({ 'b.yaml': service('a', 'b.global') });
      const batch = apply({ 'c.yaml': `# c\n${service('a', 'c.global')}` });
      assert.deepEqual(summary(batch), { findings: ['c.yaml:2:1 error DuplicateResource'] });
      assert.match(batch?.findings[0]?.message ?? '', /^FailoverService ns\/a is already defined at b\.yaml:1./);
      assert.deepEqual(batch?.findings[0]?.ref, { kind: 'FailoverService', namespace: 'ns', name: 'a' });
      assert.deepEqual(summary(apply({ 'a.yaml': service('a', 'a.global') })), {
        upserts: ['a#2@1 a.global'],
        findings: ['b.yaml:1:1 error DuplicateResource', 'c.yaml:2:1 error DuplicateResource'],
      });
      assert.deepEqual(summary(apply({ 'a.yaml': null })), {
        upserts: ['a#3@1 b.global'],
        findings: ['c.yaml:2:1 error DuplicateResource'],
      });
      assert.deepEqual(summary(apply({ 'b.yaml': null })), { upserts: ['a#4@1 c.global'] });
      assert.deepEqual(summary(apply({ 'c.yaml': null })), { deletes: ['a'] });
    });

    it('is the first one in its file', () => {
      const batch = createTable()({ 'a.yaml': documents(service('a'), service('a', 'b.global')) });
      assert.deepEqual(summary(batch), {
        upserts: ['a#1@1 a.global'],
        findings: ['a.yaml:7:1 error DuplicateResource'],
      });
    });

    it('is the same with its default namespace and an alias of its kind', () => {
      const target = '{apiVersion: discovery.smh.solo.io/v1alpha2, kind: TrafficTarget, metadata: {name: a}}';
      const destination =
        '{apiVersion: discovery.mesh.gloo.solo.io/v1, kind: Destination, metadata: {name: a, namespace: default}}';
      const batch = createTable()({ 'a.yaml': target, 'b.yaml': destination });
      assert.deepEqual(brief('', batch?.findings ?? []), ['b.yaml:1:1 error DuplicateResource']);
    });
  });

  describe('last good content', () => {
    const two = documents(service('a'), service('b'));

    it('stays in force for a file that cannot be read, with a warning', () => {
      const apply = createTable();
      apply({ 'a.yaml': two });
      assert.deepEqual(summary(apply({ 'a.yaml': undefined })), { findings: ['a.yaml:1:1 warning UnreadableFile'] });
      assert.deepEqual(summary(apply({ 'a.yaml': service('a') })), { deletes: ['b'] });
    });

    it('is an error if there is none', () => {
      assert.deepEqual(summary(createTable()({ 'a.yaml': undefined })), {
        findings: ['a.yaml:1:1 error UnreadableFile'],
      });
    });

    for (const [title, text] of [
      ['0 bytes', ''],
      ['blanks', ' \n\n'],
      ['comments', '# gone\n'],
      ['empty documents', '---\n---\nnull\n'],
    ] as const) {
      it(`stays in force for a suddenly empty file during the grace time: ${title}`, () => {
        let keeping = true;
        const apply = createTable({ keeps: (file) => keeping && file === 'a.yaml' });
        apply({ 'a.yaml': two });
        assert.equal(apply({ 'a.yaml': text }), undefined);
        assert.equal(apply({ 'a.yaml': two }), undefined);
        apply({ 'a.yaml': text });
        keeping = false;
        assert.deepEqual(summary(apply({})), { deletes: ['a', 'b'] });
      });
    }

    it('ends with an explicitly empty list, and with the removal of its file', () => {
      const apply = createTable();
      apply({ 'a.yaml': two });
      assert.deepEqual(summary(apply({ 'a.yaml': 'kind: List\nitems: []\n' })), { deletes: ['a', 'b'] });
      apply({ 'a.yaml': two });
      assert.deepEqual(summary(apply({ 'a.yaml': null })), { deletes: ['a', 'b'] });
    });

    it('stays in force through several mistakes, also with an empty file between them', () => {
      const apply = createTable({ keeps: () => true });
      apply({ 'a.yaml': two, 'b.yaml': service('c') });
      for (const text of ['[', '{', undefined, 'spec: [\n', '', '"', service('a').replace('name: a', 'name: 5')]) {
        const batch = apply({ 'a.yaml': text });
        assert.deepEqual([batch?.upserts ?? [], batch?.deletes ?? []], [[], []], text);
      }
      assert.deepEqual(summary(apply({ 'a.yaml': two })), {});
    });

    it('gets a finding for every mistake', () => {
      const apply = createTable();
      apply({ 'a.yaml': two });
      for (const text of ['[', '{', 'spec: [\n']) {
        const kept = apply({ 'a.yaml': text })?.findings.filter(({ code }) => code === 'LastGoodKept') ?? [];
        assert.deepEqual(
          kept.map(({ ref }) => ref?.name),
          ['a', 'b'],
          text,
        );
      }
    });

    it('stays in force for a file that returns with a mistake, until the mistake is fixed', () => {
      const apply = createTable();
      apply({ 'a.yaml': two });
      let keeping = true;
      const held = createTable({ keeps: () => keeping });
      held({ 'a.yaml': two, 'b.yaml': service('c') });
      assert.equal(held({ 'a.yaml': null }), undefined);
      keeping = false;
      assert.deepEqual(summary(held({ 'a.yaml': documents(service('a'), '[') })), {
        findings: ['a.yaml:7:2 error InvalidYaml'],
      });
      assert.deepEqual(summary(held({ 'a.yaml': service('a') })), { deletes: ['b'] });
    });

    it('stays in force for documents that an error hides, while other documents of the file are applied', () => {
      const apply = createTable();
      apply({ 'a.yaml': documents(service('a'), service('b'), service('c')) });
      const batch = apply({ 'a.yaml': documents(service('a', 'new.global'), 'spec: [\n', service('c')) });
      assert.deepEqual(summary(batch), {
        upserts: ['a#2@1 new.global'],
        findings: ['a.yaml:7:8 error InvalidYaml', 'a.yaml:7:8 warning LastGoodKept'],
      });
      const kept = batch?.findings[1];
      assert.deepEqual(kept?.ref, { kind: 'FailoverService', namespace: 'ns', name: 'b' });
      assert.equal(
        kept.message,
        'FailoverService ns/b cannot be read from this file any more. Its last content stays in force.',
      );
      assert.deepEqual(summary(apply({ 'a.yaml': documents(service('a', 'new.global'), service('c')) })), {
        deletes: ['b'],
      });
    });

    it('stays in force for a resource with invalid metadata or a misspelt kind', () => {
      for (const mistake of [
        service('b').replace('name: b', 'name: 5'),
        service('b').replace('kind: FailoverService', 'kind: FailoverServcie'),
        service('b').replace('v1alpha2', 'v1alpha3'),
        service('b').replace('namespace: ns', 'labels: 5, namespace: ns'),
      ]) {
        const apply = createTable();
        apply({ 'a.yaml': two });
        const batch = apply({ 'a.yaml': documents(service('a'), mistake) });
        assert.deepEqual([batch?.upserts, batch?.deletes], [[], []], mistake);
        assert.ok(batch?.findings.some(({ code }) => code === 'LastGoodKept'));
      }
    });

    it('is replaced by another file with the resource', () => {
      const apply = createTable();
      apply({ 'a.yaml': service('a') });
      apply({ 'a.yaml': '[' });
      assert.deepEqual(summary(apply({ 'b.yaml': service('a', 'b.global') })), {
        upserts: ['a#2@1 b.global'],
        findings: ['a.yaml:1:2 error InvalidYaml', 'a.yaml:1:2 warning LastGoodKept'],
      });
    });

    it('keeps its last position', () => {
      const apply = createTable();
      const [, b] = apply({ 'a.yaml': two })?.upserts ?? [];
      apply({ 'a.yaml': `# shifted\n${documents(service('a'), '[\n')}` });
      assert.deepEqual(b?.locate(['spec']), { file: 'a.yaml', line: 10, column: 1 });
    });
  });

  it('distinguishes new findings from existing ones', () => {
    const apply = createTable();
    const codes = (batch: ResourceBatch | undefined): readonly string[] => brief('', batch?.newFindings ?? []);
    assert.deepEqual(codes(apply({ 'a.yaml': '[', 'b.yaml': '5' })), [
      'a.yaml:1:2 error InvalidYaml',
      'b.yaml:1:1 error NotAResource',
    ]);
    const batch = apply({ 'a.yaml': '\n[', 'c.yaml': service('c') });
    assert.deepEqual(codes(batch), ['a.yaml:2:2 error InvalidYaml']);
    assert.equal(batch?.findings.length, 2);
    assert.deepEqual(codes(apply({ 'd.yaml': service('d') })), []);
    assert.deepEqual(summary(apply({ 'a.yaml': service('a'), 'b.yaml': null })), { upserts: ['a#1@4 a.global'] });
  });

  it('has the same result in steps and at once', () => {
    const text = fc.oneof(
      fc
        .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y')), { minLength: 1, maxLength: 3 })
        .map((list) => {
          return documents(...list.map(([name, hostname]) => service(name, hostname)));
        }),
      fc.constant(null),
    );
    const change = fc.dictionary(fc.constantFrom('1.yaml', '2.yaml', '3.yaml'), text);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
        const apply = createTable();
        const standing = new Map<string, string>();
        const files: Record<string, string | null> = {};
        for (const step of changes) {
          Object.assign(files, step);
          const batch = apply(step);
          for (const { name } of batch?.deletes ?? []) assert.ok(standing.delete(name));
          for (const { metadata, document } of batch?.upserts ?? []) {
            assert.notEqual(standing.get(metadata.name), JSON.stringify(document));
            standing.set(metadata.name, JSON.stringify(document));
          }
        }
        const fresh = createTable()(files)?.upserts.map(
          ({ metadata, document }) => [metadata.name, JSON.stringify(document)] as const,
        );
        assert.deepEqual(standing, new Map(fresh));
      }),
    );
  });
});
