import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import { createDecode } from '../../api/decode.js';
import { isKnownKind, recognizeKind } from '../../api/kinds.js';
import type { RawResource } from '../../api/resource.js';
import { type ClientYaml, toQuery } from '../../testing/case.js';
import { type AccountedField, isSelectorLeaf, writableFields } from '../../testing/field-account/fields.js';
import { documentsOf, exceptionOf, readExceptions, readYaml } from '../../testing/field-account/files.js';
import { ObservedWorld } from '../../testing/field-account/observed-world.js';
import {
  type SelectorFault,
  refusalFaults,
  selectorFaults,
  selectorLeaves,
} from '../../testing/field-account/selection.js';
import type { ShortType } from '../../testing/watcher.js';

interface SelectorsYaml {
  readonly world: string;
  readonly clients: readonly ClientYaml[];
  readonly cases: readonly CaseYaml[];
}

interface CaseYaml {
  /** The list of selectors: `spec.applyToDestinations`. */
  readonly at: string;
  /** Further resources of the world. */
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

describe('selectors', () => {
  const { world: text, clients, cases } = readYaml('selectors.yaml') as SelectorsYaml;
  const fields = writableFields();
  const exceptions = readExceptions();
  const covered = new Set<string>();

  const check = (found: readonly SelectorFault[]): void => {
    const unexcused = found.filter(({ field }) => exceptionOf(field, exceptions) === undefined);
    assert.deepEqual(
      unexcused.map(({ field, fault }) => `${field.id}: ${fault}`),
      [],
    );
  };

  cases.forEach(({ at, document, none, refused = false, types, with: extra = '', selectors }, i) => {
    it(`${document.kind} ${at} ${i + 1}: each field selects matching objects, and nothing without matching objects`, () => {
      const world = new ObservedWorld(
        documentsOf('world.yaml', `${text}\n---\n${extra}`),
        clients.map((client, n) => toQuery(`client-${n}`, client)),
        createDecode(),
      );
      const toRaw = (list: readonly unknown[]): RawResource => rawOf(withSelectors(document, at.split('.'), list));
      const empty = none && toRaw(none);
      const found = selectors.flatMap((selector) => {
        const matching = toRaw([selector]);
        const leaves = selectorLeaves(
          matching,
          fields.filter((field) => isOf(matching, field)),
          at,
        );
        for (const { id } of leaves) covered.add(id);
        const of = { matching, ...(empty && { empty }), ...(types && { types }) };
        return refused ? refusalFaults(world, of, leaves, at) : selectorFaults(world, of, leaves);
      });
      check(found);
    });
  });

  it('are all tested', () => {
    const missing = fields.filter((field) => isSelectorLeaf(field) && !covered.has(field.id));
    check(missing.map((field) => ({ field, fault: 'selectors.yaml does not say what it should match' })));
  });
});

function rawOf(document: unknown): RawResource {
  const [raw] = documentsOf('case.yaml', stringify(document));
  if (raw === undefined) throw new Error('There is no document.');
  return raw;
}

/** The document with that list at the end of the path. */
function withSelectors(
  document: Readonly<Record<string, unknown>>,
  [step = '', ...below]: readonly string[],
  list: readonly unknown[],
): Readonly<Record<string, unknown>> {
  const part = (document[step] ?? {}) as Readonly<Record<string, unknown>>;
  return { ...document, [step]: below.length === 0 ? list : withSelectors(part, below, list) };
}

function isOf({ apiVersion, kind }: RawResource, field: AccountedField): boolean {
  const known = recognizeKind(apiVersion, kind);
  return isKnownKind(known) && known.message === field.kind.message;
}
