/**
 * The published package, installed in new projects: as the library alone without optional dependencies, with its example and its types; and
 * completely, with the command.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { envoyBinary } from '../envoy/binary.js';
import { freePort } from './support/processes/addresses.js';
import { ROOT, type PackedProject, packedProject } from './support/processes/packed-project.js';

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** A TypeScript program that uses the library. Another file names every export. */
const CONSUMER = `
import { Server } from '@grpc/grpc-js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ResourceStore, XdsServer, encodeAny, encodeMessage, encodeResource } from 'lifeboat/xds';
import type { EncodedResource, MessageType, ResourceProvider, XdsEvents, XdsNode } from 'lifeboat/xds';
import { encodeJson, rejectedByEnvoy } from 'lifeboat/xds/json';

interface Mine { readonly name: string }
const codec: MessageType<Mine> = { encode: ({ name }) => ({ finish: () => Buffer.from(name) }) };
const store: ResourceStore & ResourceProvider = new ResourceStore({ check: rejectedByEnvoy, viewOf: (node: XdsNode) => node.locality.region });
const events: XdsEvents = { nacked: (client, typeUrl, version, message, names) => console.log(client.node.id, typeUrl, version, message, names.length) };
export const server = new XdsServer({ provider: store, events, limits: { maxStreams: 10 } });
const resources: EncodedResource[] = [
  encodeResource(LISTENER, 'a', new Uint8Array(), { version: '1' }),
  encodeMessage(CLUSTER, 'a', { name: 'a' }, codec),
  encodeAny('a', { typeUrl: LISTENER, value: new Uint8Array() }),
  encodeJson(CLUSTER_LOAD_ASSIGNMENT, 'a', { clusterName: 'a', endpoints: [{ priority: 1 }] }),
  encodeJson(CLUSTER, 'a', { '@type': CLUSTER, name: 'a', connect_timeout: '1s' }),
];
server.transaction(() => resources.forEach((resource) => store.put(resource, 'eu')));
server.addTo(new Server());
const { port, connections } = await server.listen('127.0.0.1:0', { tls: { cert: '', key: '' }, keepaliveMs: 1_000 });
console.log(port + connections, server.clients().map(({ types }) => types.length), server.stats().streams);
// @ts-expect-error: the message has no such field.
encodeJson(CLUSTER, 'a', { nmae: 'a' });
// @ts-expect-error: a store has no such option.
new ResourceStore({ view: 'a' });
await server.drain(0);
`;

async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest;
}

/** Compares the installation with the row of docs/library.md for this command: the maximum number of packages and megabytes. */
async function checkInstallation(project: PackedProject, command: string): Promise<void> {
  const page = await readFile(join(ROOT, 'docs/library.md'), 'utf8');
  const row = page.split('\n').find((line) => line.startsWith(`| \`${command}\` |`));
  const [mostPackages, mostMegabytes] = [...(row?.matchAll(/\| (\d+) (?=\|)/g) ?? [])].map(([, count]) =>
    Number(count),
  );
  assert.ok(mostPackages !== undefined && mostMegabytes !== undefined, command);
  const { packages, bytes } = await project.installed();
  const what = `${packages} packages, ${bytes} bytes`;
  // The documented numbers are upper bounds, but not too high: the actual ones are above three quarters of them.
  assert.ok(packages <= mostPackages && packages > 0.75 * mostPackages, what);
  assert.ok(bytes <= mostMegabytes * 1e6 && bytes > 0.75e6 * mostMegabytes, what);
}

/** Prints the problems of two resources, one of which contains a regular expression. */
const CHECK = `
import { CLUSTER, ROUTE_CONFIGURATION } from 'lifeboat/xds';
import { encodeJson, rejectedByEnvoy } from 'lifeboat/xds/json';
console.log(rejectedByEnvoy(encodeJson(CLUSTER, '', {})));
const routes = [{ match: { safeRegex: { regex: '(?=a)' } }, redirect: {} }];
const route = encodeJson(ROUTE_CONFIGURATION, 'a', { name: 'a', virtualHosts: [{ name: 'a', domains: ['*'], routes }] });
try {
  console.log(rejectedByEnvoy(route));
} catch (error) {
  console.log(error.message.replace(/.*without /, ''));
}
`;

describe('the package without optional dependencies', () => {
  let manifest: Manifest;
  let project: PackedProject;
  before(async () => {
    manifest = await readManifest();
    const others = [`@types/node@${manifest.devDependencies['@types/node'] ?? ''}`];
    project = await packedProject({ optional: false, others });
  });
  after(() => project.remove());

  it('is not larger than documented', () => checkInstallation(project, 'npm install --omit=optional lifeboat'));

  it('runs the example of the library: a real Envoy reaches one backend, and then the other', async () => {
    await project.write('server.mjs', await readFile(join(ROOT, 'examples/xds-library/server.mjs'), 'utf8'));
    const env = { ENVOY: await envoyBinary(), PORT: String(await freePort()) };
    const { exitCode, stdout, stderr } = await project.run(process.execPath, ['server.mjs'], env);
    assert.equal(stdout, 'Envoy reaches backend one\nEnvoy reaches backend two\n', stderr);
    assert.equal(exitCode, 0, stderr);
  });

  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    it(`has types that resolve and compile (moduleResolution ${moduleResolution})`, async () => {
      await project.write('consumer.ts', CONSUMER);
      await project.write('every-name.ts', (await Promise.all(['xds', 'xds/json'].map(everyName))).join('\n'));
      const compilerOptions = {
        ...{ module, moduleResolution, target: 'es2022', types: ['node'] },
        ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
      };
      await project.write(
        'tsconfig.json',
        JSON.stringify({ compilerOptions, files: ['consumer.ts', 'every-name.ts'] }),
      );
      const { exitCode, stdout } = await project.run(process.execPath, [TSC, '-p', '.']);
      assert.equal(stdout, '');
      assert.equal(exitCode, 0);
    });
  }

  /** A module that imports every name that the entry exports, and exports it again. */
  async function everyName(entry: string): Promise<string> {
    const names = await exportedNames(entry);
    assert.ok(names.length > 5, names.join());
    const prefix = entry.replaceAll('/', '_');
    return `export { ${names.map((name) => `${name} as ${prefix}_${name}`).join(', ')} } from 'lifeboat/${entry}';`;
  }

  /** The exports in the declarations. `export *` would hide names, so there is none. */
  async function exportedNames(entry: string): Promise<string[]> {
    const text = await declarations(typesOf(entry));
    assert.doesNotMatch(text, /export \*/);
    const listed = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) =>
      list.split(',').flatMap((name) => name.trim().replace(/^type /, '') || []),
    );
    const declared = [...text.matchAll(/export declare \w+ (\w+)/g)].flatMap(([, name]) => name ?? []);
    return [...listed, ...declared];
  }

  function typesOf(entry: string): string {
    const target = manifest.exports[`./${entry}`];
    return typeof target === 'object' ? target.types : '';
  }

  function declarations(path: string): Promise<string> {
    return readFile(join(project.folder, 'node_modules/lifeboat', path), 'utf8');
  }

  it('has declarations that refer to files of the library only', async () => {
    const seen = new Set<string>();
    const packages = new Set<string>();
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      for (const [, from = ''] of (await declarations(path)).matchAll(
        /(?:from|import\(|types=|path=) ?['"]([^'"]+)['"]/g,
      )) {
        if (from.startsWith('.')) await visit(join(dirname(path), from.replace(/\.js$/, '.d.ts')));
        else packages.add(from);
      }
    };
    for (const entry of ['xds', 'xds/json']) await visit(join(typesOf(entry)));
    const folders = new Set([...seen].map((path) => dirname(path)));
    assert.deepEqual(
      [...folders].filter((folder) => !/^dist\/src\/(generated|proto|xds(\/\w+)?)$/.test(folder)),
      [],
    );
    assert.deepEqual(
      [...packages].filter((name) => !/^(@grpc\/grpc-js|protobufjs|node(:.*)?)$/.test(name)),
      [],
    );
  });

  it('contains the files of its exports, and no tests', async () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'object' ? Object.values(target) : [target],
    );
    assert.ok(targets.length >= 5);
    assert.deepEqual(
      targets.filter((target) => !project.files.includes(join(target))),
      [],
    );
    assert.deepEqual(
      project.files.filter((file) => /\.test\.|testdata|testing|integration|\.ci|(?<!\.d)\.ts$/.test(file)),
      [],
    );
    for (const file of ['docs/library.md', 'examples/xds-library/server.mjs', 'README.md', 'LICENSE'])
      assert.ok(project.files.includes(file), file);
  });

  it('has source maps with embedded sources', async () => {
    const maps = project.files.filter((file) => file.endsWith('.map'));
    assert.ok(maps.length > 0);
    for (const file of maps) {
      const { sources, sourcesContent } = JSON.parse(await declarations(file)) as {
        readonly sources: readonly string[];
        readonly sourcesContent?: readonly (string | null)[];
      };
      assert.deepEqual(
        [file, sourcesContent?.filter((text) => typeof text === 'string').length],
        [file, sources.length],
      );
    }
  });

  it('allows imports of its exports only', async () => {
    const path = 'lifeboat/dist/src/xds/server.js';
    const { stderr } = await project.run(process.execPath, ['--input-type=module', '--eval', `import '${path}'`]);
    assert.match(stderr, /ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });

  it('has the command, which names the missing packages', async () => {
    const { exitCode, stdout, stderr } = await project.run(join(project.folder, 'node_modules/.bin/lifeboat'), [
      'check',
      '.',
    ]);
    assert.deepEqual([exitCode, stdout], [1, '']);
    assert.match(
      stderr,
      /^error: \d+ packages are not installed \(.*commander.*\); install the program with npm install --include=optional lifeboat\n$/,
    );
  });

  it('checks resources without regular expressions, and names the package that a regular expression needs', async () => {
    await project.write('check.mjs', CHECK);
    const { stdout, stderr } = await project.run(process.execPath, ['check.mjs']);
    assert.equal(stdout, 'name: must not be empty\nthe package re2js; install it with npm install re2js\n', stderr);
  });
});

describe('the package with all dependencies', () => {
  let project: PackedProject;
  before(async () => {
    project = await packedProject({ optional: true });
  });
  after(() => project.remove());

  it('is not larger than documented', () => checkInstallation(project, 'npm install lifeboat'));

  it('has the command, and it runs', async () => {
    const command = join(project.folder, 'node_modules/.bin/lifeboat');
    const version = await project.run(command, ['--version']);
    assert.deepEqual([version.exitCode, version.stdout], [0, `${(await readManifest()).version}\n`], version.stderr);
    const check = await project.run(command, ['check', join(ROOT, 'examples/bookinfo')]);
    assert.equal(check.exitCode, 0, check.stdout + check.stderr);
  });

  it('checks regular expressions', async () => {
    await project.write('check.mjs', CHECK);
    const { stdout, stderr } = await project.run(process.execPath, ['check.mjs']);
    assert.match(stdout, /it has \(\?=, which RE2 does not know/, stderr);
  });
});
