/**
 * The build step before the compiler: .proto files in, descriptors, TypeScript types and JSON Schemas out. Envoy's
 * .proto files come from an npm package, those of the resources from this repository. Files that would not change are
 * not written.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { addTo } from './additions.mjs';
import { closureOf, messagesIn } from './closure.mjs';
import { toDescriptor } from './descriptor.mjs';
import { fileDescriptors } from './file-descriptors.mjs';
import { kindsModule } from './kinds.mjs';
import { loadProtos, protoFilesIn } from './load.mjs';
import { expand, foldersOf, readMessageList } from './message-list.mjs';
import { toRules } from './rules.mjs';
import { toSchemas, toStatusSchemas } from './schemas.mjs';
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
compileEtcd();

function compileEnvoy() {
  const { names, apart, excluded } = readMessageList(readFileSync(`${protos}/envoy-messages.txt`, 'utf8'));
  const root = loadEnvoy([...names, ...apart]);
  const closure = closureOf(root, names, excluded);
  const all = closureOf(root, [...names, ...expand(apart, messagesIn(root))], excluded);
  const types = typesModule(all, {
    origin: 'the messages in proto/envoy-messages.txt',
    index: 'EnvoyMessages',
    comments: false,
    preferred: [...names, ...closure.keys()],
    suffixes: {},
  });
  const beyond = new Map([...all].filter(([name]) => !closure.has(name)));
  writeIfChanged(`${repository}dist/generated/envoy.json`, JSON.stringify(toDescriptor(closure)));
  writeIfChanged(`${repository}dist/generated/envoy-rules.json`, JSON.stringify(toRules(closure)));
  writeIfChanged(`${repository}dist/generated/envoy-all.json`, JSON.stringify(toDescriptor(all)));
  writeIfChanged(`${repository}dist/generated/envoy-all-rules.json`, JSON.stringify(toRules(beyond)));
  writeIfChanged(`${repository}dist/generated/file-descriptors.json`, JSON.stringify(fileDescriptors(root, names)));
  writeIfChanged(`${repository}src/generated/envoy.ts`, types);
}

/** The files that the messages are in, with all that they need. */
function loadEnvoy(names) {
  const folders = ['envoy-api', 'xds', 'googleapis'].map((name) => `${npmProtos}/${name}`);
  const files = foldersOf(names).flatMap(({ folder, recursive }) => protoFilesIn(folders, folder, { recursive }));
  const grpcFolders = new Set(grpcProtos.map(([folder]) => folder));
  const root = loadProtos(
    [...folders, ...grpcFolders],
    [...new Set([...files, ...grpcProtos.map(([, file]) => file)])],
  );
  const additions = `${protos}/envoy-additions`;
  addTo(root, loadProtos([additions], protoFilesIn([additions], '', { recursive: true }), { followImports: false }));
  return root;
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
  writeIfChanged(
    `${repository}dist/generated/status-schemas.json`,
    JSON.stringify(toStatusSchemas(root, kinds), null, 1),
  );
  writeIfChanged(`${repository}src/generated/resources.ts`, `${types}\n${kindsModule(kinds)}`);
}

/** Only the descriptors: the client of etcd declares the few shapes that it uses. */
function compileEtcd() {
  const root = loadProtos([protos], protoFilesIn([protos], 'etcd'));
  const services = ['KV', 'Watch', 'Lease', 'Auth'].map((name) => `etcdserverpb.${name}`);
  writeIfChanged(
    `${repository}dist/generated/etcd.json`,
    JSON.stringify(toDescriptor(closureOf(root, services, new Set()))),
  );
}
