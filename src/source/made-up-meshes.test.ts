/** Meshes for clusters without one. */
import assert from 'node:assert/strict';
import { runToEnd } from '../turns/run-to-end.js';
import { NO_CONTENT, nextContent } from './contents/last-good-content.js';
import { MadeUpMeshes } from './made-up-meshes.js';
import { type ResourceBatch, createFileTable } from './contents/table.js';
import { DEFAULT_READ_LIMITS } from './yaml/limits.js';

const NOTHING: ResourceBatch = { upserts: [], deletes: [], findings: [], newFindings: [] };

/** A file whose content changes, as batches. */
function file(): (text: string) => ResourceBatch {
  const table = createFileTable();
  return (text) => {
    const options = { ...table.optionsOf('a.yaml'), limits: DEFAULT_READ_LIMITS };
    if (text === '') table.remove('a.yaml');
    else table.set('a.yaml', runToEnd(nextContent('a.yaml', NO_CONTENT, { text, identity: text }, options)));
    return table.commit() ?? NOTHING;
  };
}

function mesh(name: string, spec: object): string {
  return JSON.stringify({ apiVersion: 'discovery.mesh.gloo.solo.io/v1', kind: 'Mesh', metadata: { name }, spec });
}

function namesOf(batch: ResourceBatch | undefined): unknown {
  return batch && [batch.upserts.map(({ metadata }) => metadata.name), batch.deletes.map(({ name }) => name)];
}

describe('a made-up Mesh', () => {
  it('stands for each cluster that has none, until one has', () => {
    const meshes = new MadeUpMeshes(['east', 'west'], 'system');
    const batch = meshes.after(NOTHING);
    assert.deepEqual(namesOf(batch), [['lifeboat-east', 'lifeboat-west'], []]);
    assert.equal(batch?.upserts[0]?.metadata.namespace, 'system');
    assert.equal(meshes.after(NOTHING), undefined);
    const written = file();
    assert.deepEqual(namesOf(meshes.after(written(mesh('m', { osm: { installation: { cluster: 'west' } } })))), [
      [],
      ['lifeboat-west'],
    ]);
    assert.deepEqual(namesOf(meshes.after(written(''))), [['lifeboat-west'], []]);
  });

  it('has a valid name, whatever its cluster is called', () => {
    const [mesh] = new MadeUpMeshes(['East_1'], 'system').after(NOTHING)?.upserts ?? [];
    assert.equal(mesh?.metadata.name, 'lifeboat-east-1');
    assert.match(JSON.stringify(mesh.document), /"cluster":"East_1"/);
  });

  it('goes for all clusters of an App Mesh', () => {
    const meshes = new MadeUpMeshes(['east', 'west', 'north'], 'system');
    const batch = meshes.after(file()(mesh('m', { awsAppMesh: { clusters: ['east', 'west'] } })));
    assert.deepEqual(namesOf(batch), [['lifeboat-north'], []]);
  });

  it('stays whatever else a spec contains', () => {
    for (const spec of [
      null,
      'text',
      [],
      { istio: null },
      { istio: { installation: null } },
      { istio: { installation: { cluster: 7 } } },
    ])
      assert.deepEqual(
        namesOf(new MadeUpMeshes(['east'], 'system').after(file()(mesh('m', spec as object)))),
        [['lifeboat-east'], []],
        JSON.stringify(spec),
      );
  });
});
