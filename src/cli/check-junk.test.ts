/** Whatever is in a file, `lifeboat check` ends with findings, never with an error of its own. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { propertyRuns, propertyTimeout } from '../testing/property-runs.js';
import { kinds } from '../generated/resources.js';
import { load } from '../main.js';
import { runCommand, withFiles } from '../testing/run-command.js';

const CORPUS = fileURLToPath(new URL('../../../src/testdata/junk', import.meta.url));
const LINE = /^\S+:\d+:\d+ (error|warning) [A-Z][A-Za-z0-9]+ (-|[^ /]*\/[^ /]*\/[^ ]*) .+$/;

async function check(...paths: readonly string[]): Promise<void> {
  const { code, err, out } = await runCommand(['check', ...paths], { ports: { load } });
  const lines = out.split('\n').slice(0, -1);
  for (const line of lines) assert.match(line, LINE);
  assert.match(err, /^\d+ resources?: \d+ errors?, \d+ warnings?\.\n$/);
  assert.equal(code, lines.some((line) => line.includes(' error ')) ? 1 : 0);
}

describe('lifeboat check with junk', function () {
  this.timeout(propertyTimeout(60_000));

  for (const file of readdirSync(CORPUS)) {
    it(`reports findings about ${file}`, () => check(join(CORPUS, file)));
  }

  it('reports findings about all files at once', () => check(CORPUS));

  it('reports findings about values that are too long or too many', async () => {
    const head =
      'apiVersion: networking.smh.solo.io/v1alpha2\nkind: FailoverService\nmetadata: {name: a, namespace: b}\n';
    const files = {
      'long-scalar.yaml': `${head}spec: {hostname: ${'a'.repeat(2_000_000)}}\n`,
      'long-key.yaml': `${head}spec: {${'a'.repeat(500_000)}: 1}\n`,
      'deep.yaml': `${head}spec: ${'['.repeat(20_000)}\n`,
      'many.yaml': `${head}spec: {backingServices: [${'{},'.repeat(20_000)}]}\n`,
    };
    await withFiles(files, (directory) => check(directory));
  });

  it('reports findings about any value in any field', async () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom(-1, 0, 1e300, '', '5s', '*', 'http', [], {}, [null], [[]], { '': '' }),
    );
    // Names that mean something in one kind or another, so that the values are looked at.
    const name = fc.constantFrom(...FIELDS);
    const { spec } = fc.letrec<{ spec: Record<string, unknown>; any: unknown }>((tie) => ({
      spec: fc.dictionary(name, tie('any'), { maxKeys: 5, noNullPrototype: true }),
      any: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        value,
        tie('spec'),
        fc.array(tie('spec'), { maxLength: 2 }),
      ),
    }));
    const resource = fc
      .record({ kind: fc.constantFrom(...kinds), spec, name: fc.constantFrom('a', 'b') })
      .map(toDocument);
    const documents = fc.array(resource, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(documents, async (items) => {
        await withFiles({ 'any.json': JSON.stringify({ kind: 'List', items }) }, (directory) => check(directory));
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});

const FIELDS = [
  ...[
    'hostname',
    'hosts',
    'port',
    'ports',
    'number',
    'protocol',
    'meshes',
    'backingServices',
    'kubeService',
    'name',
    'namespace',
  ],
  ...[
    'clusterName',
    'ref',
    'endpointSubsets',
    'endpoints',
    'ipAddress',
    'subLocality',
    'zone',
    'region',
    'externalService',
  ],
  ...[
    'addresses',
    'mesh',
    'destinationSelector',
    'kubeServiceRefs',
    'kubeServiceMatcher',
    'services',
    'labels',
    'policy',
  ],
  ...[
    'outlierDetection',
    'consecutiveErrors',
    'interval',
    'maxEjectionPercent',
    'trafficShift',
    'destinations',
    'weight',
  ],
  ...[
    'failoverService',
    'virtualDestination',
    'retries',
    'attempts',
    'perTryTimeout',
    'requestTimeout',
    'static',
    'localized',
  ],
  ...[
    'failoverDirectives',
    'localityMappings',
    'from',
    'to',
    'config',
    'priorityLabels',
    'applyToDestinations',
    'selector',
  ],
  ...[
    'meshList',
    'virtualMesh',
    'federation',
    'hostnameSuffix',
    'istio',
    'installation',
    'cluster',
    'subsets',
    'targetPort',
  ],
] as const;

function toDocument({
  kind,
  name,
  spec,
}: {
  kind: (typeof kinds)[number];
  name: string;
  spec: Record<string, unknown>;
}): object {
  return { ...spec, apiVersion: kind.apiVersions[0], kind: kind.kind, metadata: { name, namespace: 'n' }, spec };
}
