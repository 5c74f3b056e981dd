/** The CustomResourceDefinitions on a real API server: what it admits, shows and explains. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ArbitraryDocument, arbitraryDocument } from '../../src/testing/arbitrary-documents.js';
import { arbitraryMistake, withMistakes } from '../../src/testing/arbitrary-mistakes.js';
import { propertyRuns } from '../../src/testing/property-runs.js';
import { customResourcesIn, findingsAbout } from '../../src/testing/written-documents.js';
import { ADMIN_TOKEN, ApiServer } from '../support/kubernetes/api-server.js';
import { Judge } from '../support/kubernetes/judge.js';
import { kubernetesPrograms } from '../support/kubernetes/programs.js';
import { lifeboat } from '../support/processes/lifeboat.js';
import { Story } from '../support/story.js';

/** Findings about one document that a schema can express. Others need other resources, or more than CEL can do. */
const BY_SCHEMA: ReadonlySet<string> = new Set([
  'ExclusiveFields',
  'InvalidDuration',
  'InvalidHostname',
  'InvalidPercent',
  'InvalidPortNumber',
  'InvalidProtocol',
  'InvalidValue',
  'MissingField',
  'MissingHostname',
  'MissingPort',
  'MissingRegion',
  'NoBackingServices',
  'WrongType',
]);

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string }[];
  };
}

describe('CustomResourceDefinitions on an API server', () => {
  let story: Story | undefined;
  let server: ApiServer;
  let judge: Judge;
  let kinds: readonly Pick<ArbitraryDocument, 'apiVersion' | 'kind'>[];

  before(async function () {
    // The programs of Kubernetes may have to be built first.
    this.timeout(1_800_000);
    if ((await kubernetesPrograms()) === undefined) this.skip();
    story = await Story.begin();
    server = await ApiServer.start({
      address: story.address(),
      directory: await story.directory('api-server'),
      name: 'mgmt-cluster',
    });
    story.atEnd(() => server.stop());
    const { items } = JSON.parse((await lifeboat('crds', '-o', 'json')).stdout) as { items: readonly Definition[] };
    kinds = items.flatMap(({ spec: { group, names, versions } }) =>
      versions.map(({ name }) => ({ apiVersion: `${group}/${name}`, kind: names.kind })),
    );
    const asked = new Judge(
      server.url,
      ADMIN_TOKEN,
      new Map(items.map(({ spec: { names } }) => [names.kind, names.plural])),
    );
    story.atEnd(() => asked.close());
    judge = asked;
    const { stdout } = await lifeboat('crds');
    await server.kubectl(['apply', '--server-side', '-f', '-'], stdout);
    await server.kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crds', '--all']);
  });
  after(() => story?.end());

  it('are structural', async () => {
    const conditions = await server.kubectl(['get', 'crds', '-o', 'jsonpath={.items[*].status.conditions[*].type}']);
    assert.deepEqual([...new Set(conditions.split(' '))].sort(), ['Established', 'NamesAccepted']);
  });

  it('admit every example and manifest that lifeboat check accepts, and no other', async () => {
    const documents = customResourcesIn(
      'docs/resources/examples',
      'src/testdata/golden',
      'src/testdata/manifests',
      'examples',
    );
    const differences = [];
    for (const document of documents) differences.push(await differenceOf(judge, document));
    assert.deepEqual(
      differences.filter((difference) => difference !== undefined),
      [],
    );
    assert.ok(documents.length > 250, String(documents.length));
  });

  it('admit a resource without a spec, or with an empty one, if lifeboat check does, and only then', async () => {
    const differences = [];
    for (const kind of kinds)
      for (const body of [{}, { spec: null }, { spec: {} }])
        differences.push(await differenceOf(judge, { ...kind, metadata: { name: 'x' }, ...body } as ArbitraryDocument));
    assert.deepEqual(
      differences.filter((difference) => difference !== undefined),
      [],
    );
  });

  it('admit a field that is empty, beside the one that excludes it', async () => {
    const port = { number: 80 };
    const localized = { destinationSelectors: [{}] };
    const document = (spec: object): ArbitraryDocument => ({
      apiVersion: 'networking.enterprise.mesh.gloo.solo.io/v1beta1',
      kind: 'VirtualDestination',
      metadata: { name: 'x' },
      spec: { hostname: 'a.b', port, ...spec },
    });
    assert.equal(await judge.refusal(document({ static: null, localized })), undefined);
    assert.match(
      (await judge.refusal(document({ static: { destinations: [{}] }, localized }))) ?? '',
      /Only one of static, localized/,
    );
  });

  it('keep fields that they do not know, for Lifeboat to warn about', async () => {
    const [example] = customResourcesIn('docs/resources/examples').filter(({ kind }) => kind === 'FailoverService');
    assert.ok(example);
    const spec = { ...example.spec, hostnmae: 'a' };
    await server.apply([{ ...example, metadata: { name: 'typo', namespace: 'default' }, spec }]);
    assert.match(await server.kubectl(['get', 'fos', 'typo', '-o', 'jsonpath={.spec.hostnmae}']), /^a$/);
  });

  it('admit resources with mistakes that lifeboat check accepts, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryDocument,
        fc.array(arbitraryMistake, { maxLength: 2, size: 'max' }),
        async (document, mistakes) => {
          const spec = withMistakes(document.spec, mistakes) as object;
          assert.equal(await differenceOf(judge, { ...document, spec }), undefined);
        },
      ),
      { numRuns: propertyRuns(500), seed: 1 },
    );
  });

  it('have short names, columns and explanations', async () => {
    const [example] = customResourcesIn('docs/resources/examples').filter(({ kind }) => kind === 'FailoverService');
    assert.ok(example);
    await server.apply([{ ...example, metadata: { name: 'example', namespace: 'default' } }]);
    const table = await server.kubectl(['get', 'fos', '-A']);
    assert.match(table, /^NAMESPACE +NAME +HOSTNAME +PORT +STATE +AGE\n/);
    assert.match(await server.kubectl(['get', 'lifeboat', '-A']), /failoverservice.*\/example/);
    assert.match(await server.kubectl(['explain', 'failoverservices.spec.hostname']), /DNS name that clients call/);
  });
});

/**
 * A sentence if the server and `lifeboat check` disagree about a resource. An error because of which only a part of a resource is ignored is no
 * reason for the server to refuse it.
 */
async function differenceOf(judge: Judge, document: ArbitraryDocument): Promise<string | undefined> {
  const refusal = await judge.refusal(document);
  const errors = findingsAbout(document).filter(({ severity }) => severity === 'error');
  if (refusal !== undefined && errors.length === 0)
    return `only the server refuses ${JSON.stringify(document)}: ${refusal}`;
  const bySchema = errors.filter(({ code, message }) => BY_SCHEMA.has(code) && !/ (?:is|are) ignored/.test(message));
  if (refusal !== undefined || bySchema.length === 0) return undefined;
  const words = bySchema.map(({ code, message }) => `${code}: ${message}`).join(' ');
  return `only check refuses ${JSON.stringify(document)}: ${words}`;
}
