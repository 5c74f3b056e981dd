/** `lifeboat crds`: the same definitions in both formats. */
import assert from 'node:assert/strict';
import { parseAllDocuments } from 'yaml';
import { runCommand } from '../testing/run-command.js';

describe('lifeboat crds', () => {
  it('prints the definitions as YAML documents, or as a List in JSON', async () => {
    const { code, out } = await runCommand(['crds'], {});
    const documents = parseAllDocuments(out).map((document) => document.toJS() as unknown);
    const list = JSON.parse((await runCommand(['crds', '-o', 'json'], {})).out) as {
      readonly items: readonly unknown[];
    };
    assert.equal(code, 0);
    assert.ok(documents.length > 10);
    assert.deepEqual(documents, list.items);
  });
});
