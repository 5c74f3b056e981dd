/** Checks that the lint rules about the direction of imports apply at any depth of folders. */
import assert from 'node:assert/strict';
import { ESLint, Linter } from 'eslint';
import { describe, it } from 'mocha';

const root = new URL('../', import.meta.url).pathname;

/** The messages of the rule for a file with this path that imports from `specifier`. */
async function complaints(file, specifier) {
  const { rules } = await new ESLint({ cwd: root }).calculateConfigForFile(`${root}${file}`);
  const rule = { 'no-restricted-imports': rules['no-restricted-imports'] };
  return new Linter().verify(`import { x } from '${specifier}'; x();`, { rules: rule }).map(({ ruleId }) => ruleId);
}

describe('the direction of imports', () => {
  const FORBIDDEN = [
    ['src/mesh/explain.ts', '../generated/envoy.js'],
    ['src/mesh/clusters/clusters.ts', '../../generated/envoy.js'],
    ['src/mesh/clusters/deep/deeper.ts', '../../../generated/envoy.js'],
    ['src/mesh/clusters/clusters.ts', '../../envoy/cluster.js'],
    ['src/status/status.ts', '../generated/envoy.js'],
    ['src/control-plane/snapshot.ts', '../generated/envoy.js'],
    ['src/xds/csds/client-status.ts', '../../generated/resources.js'],
    ['src/xds/server.ts', '../mesh/tables.js'],
    ['src/graph/graph.ts', '../api/resource.js'],
    ['src/source/yaml/finding.ts', '../../mesh/tables.js'],
    ['src/kinds/registry.ts', '../xds/index.js'],
    ['src/tls/tls-files.ts', '../xds/index.js'],
    ['src/admin/app.ts', '../main.js'],
    ['src/xds/server.ts', 'pino'],
    ['src/xds/transport/sockets.ts', '@grpc/proto-loader'],
    ['src/proto/envoy-types.ts', '@grpc/grpc-js'],
    ['src/guard/code-checks.ts', 'protobufjs'],
    ['src/re2/re2.ts', 'protobufjs'],
  ];
  for (const [file, specifier] of FORBIDDEN) {
    it(`forbids ${specifier} in ${file}`, async () => {
      assert.deepEqual(await complaints(file, specifier), ['no-restricted-imports']);
    });
  }

  const ALLOWED = [
    ['src/mesh/clusters/clusters.ts', '../../generated/resources.js'],
    ['src/envoy/cluster.ts', '../generated/envoy.js'],
    ['src/envoy/tables/clusters.ts', '../../generated/envoy.js'],
    ['src/xds/csds/client-status.ts', '../status.js'],
    ['src/proto/envoy-types.ts', '../generated/envoy.js'],
    ['src/control-plane/proxies.ts', '../mesh/tables.js'],
    ['src/xds/server.ts', 'node:http2'],
    ['src/xds/transport/grpc-js.ts', '@grpc/grpc-js'],
    ['src/proto/envoy-types.ts', 'protobufjs/ext/protojson.js'],
    ['src/admin/app.ts', 'hono'],
  ];
  for (const [file, specifier] of ALLOWED) {
    it(`allows ${specifier} in ${file}`, async () => {
      assert.deepEqual(await complaints(file, specifier), []);
    });
  }
});
