/** Server reflection, by a client with gRPC's own .proto files; what it is sent must build without anything else. */
import assert from 'node:assert/strict';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import { type ServiceClient, serviceClients } from '../../testing/service-client.js';
import { testServers } from '../../testing/xds/server.js';
import { REFLECTION_VERSIONS } from './reflection.js';

interface Answer {
  readonly originalRequest: object;
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] };
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly allExtensionNumbersResponse?: { readonly baseTypeName: string };
  readonly errorResponse?: { readonly errorCode: number };
}

interface File {
  readonly name: string;
  readonly package: string;
  readonly dependency: readonly string[];
}

for (const version of REFLECTION_VERSIONS) {
  describe(`reflection ${version}`, () => {
    const start = testServers();
    const connect = serviceClients();
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;

    /** The answers to requests on one stream. */
    async function ask(client: ServiceClient, ...requests: readonly object[]): Promise<readonly Answer[]> {
      const stream = client.stream<Answer>(path);
      const answers: Answer[] = [];
      for (const request of requests) {
        stream.send(request);
        answers.push(await stream.next());
      }
      stream.halfClose();
      assert.equal((await stream.status).code, 0);
      return answers;
    }

    it('lists all services', async () => {
      const xds = await start();
      const [answer] = await ask(connect(xds.port), { listServices: '*' });
      const served = new Set([...xds.server.methods().keys()].map((method) => method.split('/')[1]));
      assert.deepEqual(
        answer?.listServicesResponse?.service.map(({ name }) => name),
        [...served],
      );
      assert.equal(served.size, 15);
    });

    it('returns the files of each service, with their imports', async () => {
      const xds = await start();
      const client = connect(xds.port);
      for (const method of xds.server.methods().keys()) {
        const [, service = '', name = ''] = method.split('/');
        const [answer] = await ask(client, { fileContainingSymbol: service });
        const files = answer?.fileDescriptorResponse?.fileDescriptorProto ?? [];
        const found = rootOf(files).lookupService(service).methods[name];
        found?.resolve();
        assert.ok(found?.resolvedRequestType && found.resolvedResponseType, method);
        assertComplete(files);
      }
    });

    it('returns files by name and by symbol', async () => {
      const xds = await start();
      const asked = ['.Cluster', '.Cluster.DiscoveryType', '.OutlierDetection'].map((name) => ({
        fileContainingSymbol: `envoy.config.cluster.v3${name}`,
      }));
      const name = 'envoy/config/cluster/v3/outlier_detection.proto';
      const answers = await ask(connect(xds.port), ...asked, { fileByFilename: name });
      const first = answers.map((answer) => fileOf(answer.fileDescriptorResponse?.fileDescriptorProto[0]).name);
      assert.deepEqual(first, [...Array<string>(2).fill('envoy/config/cluster/v3/cluster.proto'), name, name]);
    });

    it('reports unknown symbols, and continues', async () => {
      const xds = await start();
      const answers = await ask(
        connect(xds.port),
        { fileContainingSymbol: 'no.such.Message' },
        { fileByFilename: 'no/such/file.proto' },
        { allExtensionNumbersOfType: 'no.such.Message' },
        { fileContainingExtension: { containingType: 'envoy.config.cluster.v3.Cluster', extensionNumber: 1 } },
        {},
        { allExtensionNumbersOfType: 'envoy.config.cluster.v3.Cluster' },
      );
      assert.deepEqual(
        answers.map(({ errorResponse }) => errorResponse?.errorCode),
        [5, 5, 5, 5, 3, undefined],
      );
      assert.deepEqual(answers[0]?.originalRequest, { fileContainingSymbol: 'no.such.Message' });
      assert.equal(answers[5]?.allExtensionNumbersResponse?.baseTypeName, 'envoy.config.cluster.v3.Cluster');
    });

    it('rule 95: does not delay a drain, and rule 99: leaves nothing behind', async () => {
      const xds = await start();
      const stream = connect(xds.port).stream<Answer>(path);
      stream.send({ listServices: '' });
      await stream.next();
      assert.equal(xds.server.stats().queries, 1);
      await xds.server.drain(1e9);
      assert.equal((await stream.status).code, 14);
      assert.equal(xds.server.stats().queries, 0);
    });
  });
}

function fileOf(bytes: Buffer | undefined): File {
  return descriptor.FileDescriptorProto.decode(bytes ?? Buffer.alloc(0)) as unknown as File;
}

function rootOf(files: readonly Buffer[]): protobuf.Namespace {
  const set = descriptor.FileDescriptorSet.encode({ file: files.map(fileOf) }).finish();
  return protobuf.Root.fromDescriptor(set).resolveAll();
}

/** Every file is there once, and so is every file that it needs. */
function assertComplete(files: readonly Buffer[]): void {
  const names = files.map((bytes) => fileOf(bytes).name);
  assert.equal(new Set(names).size, names.length);
  for (const bytes of files) for (const needed of fileOf(bytes).dependency) assert.ok(names.includes(needed), needed);
}
