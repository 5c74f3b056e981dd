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

  it('prints those of the given API groups only', async () => {
    const { code, out } = await runCommand(['crds', 'networking.smh.solo.io', '-o', 'json'], {});
    const { items } = JSON.parse(out) as {
      readonly items: readonly { readonly metadata: { readonly name: string } }[];
    };
    assert.equal(code, 0);
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      ['FailoverServices', 'TrafficPolicies', 'VirtualMeshes'].map(
        (name) => `${name.toLowerCase()}.networking.smh.solo.io`,
      ),
    );
  });

  it('knows which API groups there are', async () => {
    const { code, err } = await runCommand(['crds', 'smh.solo.io'], {});
    assert.equal(code, 2);
    assert.match(err, /smh\.solo\.io: is no API group of Lifeboat's resources\. They are .*networking\.smh\.solo\.io/);
  });
});
