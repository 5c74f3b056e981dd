/** Which packages the library loads, and that package.json requires no others: a program that embeds it installs and loads little. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

describe('the library', function () {
  this.timeout(60_000);

  it('loads only protobufjs over http2 and for JSON', async () => {
    const files = await loadedFiles(`${listen('http2')} ${check("{ prefix: '/' }")}`);
    assert.deepEqual(packagesIn(files), ['long', 'protobufjs']);
  });

  it('loads @grpc/grpc-js to listen over it, and re2js to check a regular expression', async () => {
    const files = await loadedFiles(`${listen('grpc-js')} ${check("{ safeRegex: { regex: '/.*' } }")}`);
    const packages = packagesIn(files).filter((name) => !BENEATH_GRPC_JS.has(name));
    assert.deepEqual(packages, ['@grpc/grpc-js', 'long', 'protobufjs', 're2js']);
    assert.deepEqual(namesIn(files, /\/dist\/src\/([^/]+)\//), ['guard', 'proto', 're2', 'xds']);
  });

  it('requires exactly the packages that it imports; those of the program are optional', async () => {
    const manifest = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as Manifest;
    const ofLibrary = await importedPackages(/^(xds|proto|guard)\//);
    const ofProgram = await importedPackages(/./);
    assert.deepEqual(Object.keys(manifest.dependencies).sort(), ofLibrary);
    assert.deepEqual(
      Object.keys(manifest.optionalDependencies).sort(),
      ofProgram.filter((name) => !ofLibrary.includes(name)),
    );
  });
});

/** What grpc-js loads of its own dependencies. */
const BENEATH_GRPC_JS: ReadonlySet<string> = new Set([
  '@grpc/proto-loader',
  '@js-sdsl/ordered-map',
  'lodash.camelcase',
]);

function listen(transport: string): string {
  return `
    const { ResourceStore, XdsServer } = await import('./dist/src/xds/index.js');
    await new XdsServer({ provider: new ResourceStore() }).listen('127.0.0.1:0', { transport: '${transport}' });`;
}

function check(match: string): string {
  return `
    const { encodeJson, rejectedByEnvoy } = await import('./dist/src/xds/json.js');
    const virtualHosts = [{ name: 'a', domains: ['*'], routes: [{ match: ${match}, redirect: {} }] }];
    const type = 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration';
    const problem = rejectedByEnvoy(encodeJson(type, 'a', { name: 'a', virtualHosts }));
    if (problem !== undefined) throw new Error(problem);`;
}

/** Runs the program in a process of its own, and gives the paths of the files that it loads: of packages and of this repository. */
async function loadedFiles(program: string): Promise<readonly string[]> {
  const script = `
    import { Session } from 'node:inspector';
    const session = new Session();
    const urls = [];
    session.connect();
    session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url));
    session.post('Debugger.enable');
    ${program}
    console.log(JSON.stringify(urls.map((url) => url.replace('file://', ''))));
    process.exit();`;
  const options = { cwd: ROOT, timeout: 30_000, maxBuffer: 1 << 24 };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], options);
  return (JSON.parse(stdout) as readonly string[]).filter((path) => path.startsWith(ROOT));
}

function packagesIn(files: readonly string[]): readonly string[] {
  return namesIn(files, /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
}

function namesIn(texts: readonly string[], pattern: RegExp): readonly string[] {
  return [...new Set(texts.flatMap((text) => pattern.exec(text)?.[1] ?? []))].sort();
}

/** By the compiled sources, where imports of types are gone. */
async function importedPackages(files: RegExp): Promise<readonly string[]> {
  const imports: string[] = [];
  for (const file of await readdir(`${ROOT}dist/src`, { recursive: true })) {
    if (!files.test(file) || !/(?<!\.test)\.js$/.test(file) || file.startsWith('testing/')) continue;
    const text = await readFile(`${ROOT}dist/src/${file}`, 'utf8');
    const found = text.matchAll(/\b(?:from |import\(|load\()'(?!\.|node:)([^']+)'/g);
    imports.push(...[...found].map(([, name = '']) => name));
  }
  return namesIn(imports, /^((?:@[^/]+\/)?[^/]+)/);
}
