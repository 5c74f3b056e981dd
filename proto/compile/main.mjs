/**
 * The build step before the compiler: .proto files in, descriptors, TypeScript types and JSON Schemas out. Envoy's
 * .proto files come from an npm package, those of the resources from this repository. Files that would not change are
 * not written.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { addTo } from './additions.mjs';
import { closureOf } from './closure.mjs';
import { toDescriptor } from './descriptor.mjs';
import { kindsModule } from './kinds.mjs';
import { loadProtos, protoFilesIn } from './load.mjs';
import { readMessageList } from './message-list.mjs';
import { toSchemas } from './schemas.mjs';
import { typesModule } from './types.mjs';
import { writeIfChanged } from './write.mjs';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const protos = `${repository}proto`;
const npmProtos = `${repository}node_modules/@grpc/grpc-js-xds/deps`;

compileEnvoy();
compileResources();

function compileEnvoy() {
  const { names, excluded } = readMessageList(readFileSync(`${protos}/envoy-messages.txt`, 'utf8'));
  const folders = ['envoy-api', 'xds', 'googleapis'].map((name) => `${npmProtos}/${name}`);
  const files = [...new Set(names.map(packageFolder))].flatMap((folder) => protoFilesIn(folders, folder));
  const root = loadProtos(folders, files);
  const additions = `${protos}/envoy-additions`;
  addTo(root, loadProtos([additions], protoFilesIn([additions], ''), { followImports: false }));
  const closure = closureOf(root, names, excluded);
  const types = typesModule(closure, {
    origin: 'the messages in proto/envoy-messages.txt',
    index: 'EnvoyMessages',
    comments: false,
    preferred: names,
    suffixes: {},
  });
  writeIfChanged(`${repository}dist/generated/envoy.json`, JSON.stringify(toDescriptor(closure)));
  writeIfChanged(`${repository}src/generated/envoy.ts`, types);
}

function compileResources() {
  const { kinds, suffixes } = JSON.parse(readFileSync(`${protos}/kinds.json`, 'utf8'));
  const folders = ['common', 'networking', 'discovery', 'resilience', 'admin', 'kubernetes'];
  const root = loadProtos(
    [protos],
    folders.flatMap((folder) => protoFilesIn([protos], folder)),
  );
  const names = kinds.flatMap(({ spec, status }) => [spec, ...(status === undefined ? [] : [status])]);
  const closure = closureOf(root, names, new Set());
  const types = typesModule(closure, {
    origin: 'proto/kinds.json and the .proto files beside it',
    index: 'ResourceMessages',
    comments: true,
    preferred: [],
    suffixes,
  });
  writeIfChanged(`${repository}dist/generated/resources.json`, JSON.stringify(toDescriptor(closure)));
  writeIfChanged(`${repository}dist/generated/schemas.json`, JSON.stringify(toSchemas(root, kinds), null, 1));
  writeIfChanged(`${repository}src/generated/resources.ts`, `${types}\n${kindsModule(kinds)}`);
}

/** Envoy's files lie in folders that are named as their packages. */
function packageFolder(fullName) {
  return fullName.split('.').slice(0, -1).join('/');
}
