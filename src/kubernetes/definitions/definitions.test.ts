/** The CustomResourceDefinitions, without an API server. */
import assert from 'node:assert/strict';
import { kinds } from '../../generated/resources.js';
import { customResourceDefinitions } from './definitions.js';
import type { StructuralSchema } from './structural-schema.js';

const definitions = customResourceDefinitions();

function byName(name: string): (typeof definitions)[number] {
  const found = definitions.find(({ metadata }) => metadata.name === name);
  assert.ok(found, name);
  return found;
}

function schemaOf(name: string): StructuralSchema {
  const schema = byName(name).spec.versions[0]?.schema.openAPIV3Schema;
  assert.ok(schema);
  return schema;
}

/** All schemas within one, with their paths. */
function* parts(schema: StructuralSchema, path = ''): Generator<readonly [string, StructuralSchema], void> {
  yield [path, schema];
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* parts(field, `${path}.${name}`);
  if (schema.additionalProperties) yield* parts(schema.additionalProperties, `${path}.*`);
  if (schema.items) yield* parts(schema.items, `${path}[]`);
}

describe('CustomResourceDefinitions', () => {
  it('exist for every group, kind and version that is not of Kubernetes, and for no other', () => {
    const defined = definitions.flatMap(({ spec }) =>
      spec.versions.map(({ name }) => `${spec.group}/${name} ${spec.names.kind}`),
    );
    const read = kinds.flatMap(({ kind, aliases, apiVersions }) =>
      [kind, ...aliases].flatMap((name) => apiVersions.map((version) => `${version} ${name}`)),
    );
    const custom = read.filter((text) => /^[^ ]+[.](?:solo[.]io|lifeboat[.]dev)[/]/.test(text));
    assert.deepEqual(defined.sort(), custom.sort());
    assert.equal(new Set(definitions.map(({ metadata }) => metadata.name)).size, definitions.length);
  });

  it('have one version that is stored: the newest', () => {
    const { versions } = byName('trafficpolicies.networking.mesh.gloo.solo.io').spec;
    assert.deepEqual(
      versions.map(({ name, storage }) => [name, storage]),
      [
        ['v1alpha2', false],
        ['v1', true],
      ],
    );
    for (const { spec } of definitions) assert.equal(spec.versions.filter(({ storage }) => storage).length, 1);
  });

  it('have plurals, short names and a category', () => {
    const names = definitions.map(({ spec: { names: each } }) => `${each.plural} ${each.shortNames?.join() ?? '-'}`);
    assert.deepEqual([...new Set(names)].sort(), [
      'destinations dest',
      'failoverpolicies fop',
      'failoverservices fos',
      'meshes -',
      'outlierdetectionpolicies odp',
      'retrytimeoutpolicies rtp',
      'trafficpolicies tp',
      'traffictargets -',
      'virtualdestinations vd',
      'virtualmeshes vm',
      'workloads -',
      'workspaces ws',
    ]);
    for (const { spec } of definitions) assert.deepEqual(spec.names.categories, ['lifeboat']);
  });

  it('are structural: every part has a type, or says that it may be anything', () => {
    for (const { metadata } of definitions) {
      for (const [path, schema] of parts(schemaOf(metadata.name))) {
        const typed =
          schema.type ?? schema['x-kubernetes-int-or-string'] ?? schema['x-kubernetes-preserve-unknown-fields'];
        assert.ok(typed !== undefined, `${metadata.name}${path}`);
        assert.ok(!('$ref' in schema), path);
        assert.ok(schema.properties === undefined || schema.additionalProperties === undefined, path);
      }
    }
  });

  it('describe every field of the spec, for kubectl explain', () => {
    for (const { metadata } of definitions) {
      const { spec } = schemaOf(metadata.name).properties ?? {};
      for (const [path, { description }] of parts(spec ?? {}))
        assert.ok(/(?:\[\]|\.\*)$/.test(path) || (description?.length ?? 0) > 0, `${metadata.name} spec${path}`);
    }
  });

  it('admit one of the fields of which one may be set', () => {
    const rules = [...parts(schemaOf('virtualdestinations.networking.enterprise.mesh.gloo.solo.io'))].flatMap(
      ([, schema]) => schema['x-kubernetes-validations'] ?? [],
    );
    const rule = rules.find(({ message }) => message === 'Only one of static, localized may be set.');
    assert.equal(rule?.rule, '(has(self.static) ? 1 : 0) + (has(self.localized) ? 1 : 0) <= 1');
  });

  it('have columns for kubectl get: hostname, port, state and age of a FailoverService', () => {
    const [version] = byName('failoverservices.networking.smh.solo.io').spec.versions;
    assert.deepEqual(
      version?.additionalPrinterColumns.map(({ name }) => name),
      ['Hostname', 'Port', 'State', 'Age'],
    );
    const [mesh] = byName('meshes.discovery.mesh.gloo.solo.io').spec.versions;
    assert.deepEqual(
      mesh?.additionalPrinterColumns.map(({ name }) => name),
      ['Age'],
    );
  });
});
