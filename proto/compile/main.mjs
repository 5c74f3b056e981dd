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
import { fileDescriptors } from './file-descriptors.mjs';
import { kindsModule } from './kinds.mjs';
import { loadProtos, protoFilesIn } from './load.mjs';
import { readMessageList } from './message-list.mjs';
import { toRules } from './rules.mjs';
import { toSchemas } from './schemas.mjs';
import { typesModule } from './types.mjs';
import { writeIfChanged } from './write.mjs';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const protos = `${repository}proto`;
const npm = `${repository}node_modules`;
const npmProtos = `${npm}/@grpc/grpc-js-xds/deps`;
/** gRPC's own services, and the folders that their packages have them in. */
const grpcProtos = [
  [`${npm}/@grpc/reflection/build/proto`, 'grpc/reflection/v1/reflection.proto'],
  [`${npm}/@grpc/reflection/build/proto`, 'grpc/reflection/v1alpha/reflection.proto'],
  [`${npm}/grpc-health-check/proto`, 'health/v1/health.proto'],
];

compileEnvoy();
compileResources();

function compileEnvoy() {
  const { names, excluded } = readMessageList(readFileSync(`${protos}/envoy-messages.txt`, 'utf8'));
  const folders = ['envoy-api', 'xds', 'googleapis'].map((name) => `${npmProtos}/${name}`);
  const files = [...new Set(names.map(packageFolder))].flatMap((folder) => protoFilesIn(folders, folder));
  const grpcFolders = new Set(grpcProtos.map(([folder]) => folder));
  const root = loadProtos([...folders, ...grpcFolders], [...files, ...grpcProtos.map(([, file]) => file)]);
  const additions = `${protos}/envoy-additions`;
  const added = protoFilesIn([additions], '', { recursive: true });
  addTo(root, loadProtos([additions], added, { followImports: false }));
  const closure = closureOf(root, names, excluded);
  const types = typesModule(closure, {
    origin: 'the messages in proto/envoy-messages.txt',
    index: 'EnvoyMessages',
    comments: false,
    preferred: names,
    suffixes: {},
  });
  writeIfChanged(`${repository}dist/generated/envoy.json`, JSON.stringify(toDescriptor(closure)));
  writeIfChanged(`${repository}dist/generated/envoy-rules.json`, JSON.stringify(toRules(closure)));
  writeIfChanged(`${repository}dist/generated/file-descriptors.json`, JSON.stringify(fileDescriptors(root, names)));
  writeIfChanged(`${repository}src/generated/envoy.ts`, types);
}

function compileResources() {
  const { folders, kinds, suffixes } = JSON.parse(readFileSync(`${protos}/kinds.json`, 'utf8'));
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
