import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createDecode } from '../api/decode.js';
import { isKnownKind, recognizeKind } from '../api/kinds.js';
import type { RawResource } from '../api/resource.js';
import { type ClientYaml, toQuery } from '../testing/case.js';
import { type AccountedField, isSelectorLeaf, writableFields } from '../testing/field-account/fields.js';
import { documentsOf, exceptionOf, folder, readExceptions, readYaml } from '../testing/field-account/files.js';
import { ObservedWorld } from '../testing/field-account/observed-world.js';
import { type SelectorFault, refusalFaults, selectorFaults, selectorLeaves } from '../testing/field-account/selection.js';
import { updatesGoldens } from '../testing/golden.js';
import type { ShortType } from '../testing/watcher.js';

interface SelectorsYaml {
  readonly world: string;
  readonly clients: readonly ClientYaml[];
  readonly cases: readonly CaseYaml[];
}

interface CaseYaml {
  /** The list of selectors: `spec.applyToDestinations`. */
  readonly at: string;
  /** What the world has besides. */
  readonly with?: string;
  readonly document: Readonly<Record<string, unknown>> & { readonly kind: string };
  /** Each on its own matches something. */
  readonly selectors: readonly unknown[];
  /** Whether a finding at the selector says that it selects nothing. */
  readonly refused?: boolean;
  /** Where a selection shows; absent: in all that clients are sent. */
  readonly types?: readonly ShortType[];
  /** What selects nothing; absent: that the document is not there. */
  readonly none?: readonly unknown[];
}

/** What is still to be made to count. Nothing may be put on the list. */
const openFile = join(folder, 'selectors-unaccounted.txt');

describe('selectors', () => {
  const { world: text, clients, cases } = readYaml('selectors.yaml') as SelectorsYaml;
  const fields = writableFields();
  const exceptions = readExceptions();
  const listed = new Set(readOpen());
  const covered = new Set<string>();
  const open = new Set<string>();

  const check = (found: readonly SelectorFault[]): void => {
    const excused = found.filter(({ field }) => exceptionOf(field, exceptions) === undefined);
    for (const { field } of excused) open.add(field.id);
    assert.deepEqual(excused.filter(({ field }) => !listed.has(field.id)).map(({ field, fault }) => `${field.id}: ${fault}`), []);
  };

  cases.forEach(({ at, document, none, refused = false, types, with: extra = '', selectors }, i) => {
    it(`${document.kind} ${at} ${i + 1}: each field selects what it says, and nothing where nothing has the value`, () => {
      const world = new ObservedWorld(documentsOf('world.yaml', `${text}\n---\n${extra}`), clients.map((client, n) => toQuery(`client-${n}`, client)), createDecode());
      const toRaw = (list: readonly unknown[]): RawResource => rawOf(withSelectors(document, at.split('.'), list));
      const empty = none && toRaw(none);
      const found = selectors.flatMap((selector) => {
        const matching = toRaw([selector]);
        const leaves = selectorLeaves(matching, fields.filter((field) => isOf(matching, field)), at);
        for (const { id } of leaves) covered.add(id);
        const of = { matching, ...(empty && { empty }), ...(types && { types }) };
        return refused ? refusalFaults(world, of, leaves, at) : selectorFaults(world, of, leaves);
      });
      check(found);
    });
  });

  it('are all looked at', () => {
    const missing = fields.filter((field) => isSelectorLeaf(field) && !covered.has(field.id));
    check(missing.map((field) => ({ field, fault: 'selectors.yaml does not say what it should match' })));
  });

  it('have fewer and fewer fields that are not looked at', () => {
    if (updatesGoldens()) writeFileSync(openFile, readOpen().filter((id) => open.has(id)).map((id) => `${id}\n`).join(''));
  });
});

function readOpen(): readonly string[] {
  return readFileSync(openFile, 'utf8').split('\n').slice(0, -1);
}

function rawOf(document: unknown): RawResource {
  const [raw] = documentsOf('case.yaml', stringify(document));
  if (raw === undefined) throw new Error('There is no document.');
  return raw;
}

/** The document with that list at the end of the path. */
function withSelectors(document: Readonly<Record<string, unknown>>, [step = '', ...below]: readonly string[], list: readonly unknown[]): Readonly<Record<string, unknown>> {
  const part = (document[step] ?? {}) as Readonly<Record<string, unknown>>;
  return { ...document, [step]: below.length === 0 ? list : withSelectors(part, below, list) };
}

function isOf({ apiVersion, kind }: RawResource, field: AccountedField): boolean {
  const known = recognizeKind(apiVersion, kind);
  return isKnownKind(known) && known.message === field.kind.message;
}
