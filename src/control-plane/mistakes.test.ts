/**
 * Whatever people write, the model lets nothing through that Envoy would reject: the guard has nothing to do. Each failure is a check that is
 * missing where the value is decoded.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { propertyRuns, propertyTimeout } from '../testing/property-runs.js';
import { createDecode } from '../api/decode.js';
import type { RawResource } from '../api/resource.js';
import { type Mistake, arbitraryMistake, withMistakes } from '../testing/arbitrary-mistakes.js';
import { type Case, readCase } from '../testing/case.js';
import { TESTDATA } from '../testing/golden.js';
import { watch } from '../testing/watcher.js';
import { createCore } from './inputs/core.js';
import { WithheldMessages, withheldError } from './views/withheld.js';

const decode = createDecode();
const GOLDEN = join(TESTDATA, 'golden');
const change = fc.record({
  document: fc.nat(),
  mistakes: fc.array(arbitraryMistake, { minLength: 1, maxLength: 3, size: 'max' }),
});

describe('documents with mistakes', () => {
  const cases = readdirSync(GOLDEN)
    .sort()
    .map((name) => readCase(join(GOLDEN, name)));

  it('cause no message that Envoy would reject, and no row that cannot be computed', function () {
    this.timeout(propertyTimeout(120_000));
    const changes = fc.array(change, { minLength: 1, maxLength: 4, size: 'max' });
    fc.assert(
      fc.property(fc.nat(), changes, (which, made) => {
        const world = cases[which % cases.length] ?? assert.fail();
        assert.deepEqual(problemsOf(world, made), []);
      }),
      { numRuns: propertyRuns(150) },
    );
  });
});

function problemsOf(
  { first, clients }: Case,
  changes: readonly { readonly document: number; readonly mistakes: readonly Mistake[] }[],
): readonly string[] {
  const problems: string[] = [];
  const core = createCore({
    decode,
    onError: (table, key, error) => problems.push(`${table} ${key}: ${String(error)}`),
  });
  const withheld = new WithheldMessages((_row, message) => problems.push(withheldError(message).message));
  const documents = [...first.upserts];
  for (const { document, mistakes } of changes) {
    const at = document % documents.length;
    const raw = documents[at] ?? assert.fail();
    documents[at] = mistaken(raw, mistakes);
  }
  core.take({ upserts: documents, deletes: [] });
  for (const client of Object.values(clients)) watch(core, client, { withheld }).close();
  return problems;
}

/** Its name stays, so that others find it. */
function mistaken(raw: RawResource, mistakes: readonly Mistake[]): RawResource {
  const { apiVersion, kind, metadata, ...rest } = raw.document;
  const wrong = withMistakes(rest, mistakes) as object;
  return { ...raw, document: { apiVersion, kind, metadata, ...wrong } };
}
