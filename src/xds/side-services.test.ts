/** The services beside discovery as a whole: whatever clients say, nothing breaks and nothing stays. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns } from '../testing/property-runs.js';
import { ResourceStore } from './resources/store.js';
import { XdsServer } from './server.js';
import { STREAM_METHODS } from './discovery-methods.js';
import { type MessageSink, STATUS } from './transport/message-stream.js';

interface FakeCall {
  readonly sink: MessageSink | undefined;
  readonly status: () => number | undefined;
  readonly sent: () => number;
  /** Size of what was sent. */
  readonly bytes: () => number;
}

function open(server: XdsServer, path: string, writable = true): FakeCall {
  let status: number | undefined;
  let sent = 0;
  let bytes = 0;
  const sink = server.methods().get(path)?.({
    peer: 'test',
    write: (head, body) => {
      sent += 1;
      bytes += head.length + body.length;
      return writable;
    },
    end: (code) => (status = code),
  });
  return { sink, status: () => status, sent: () => sent, bytes: () => bytes };
}

const discovery = new Set(STREAM_METHODS.map(({ path }) => path));

describe('the services besides discovery', () => {
  const errors: object[] = [];
  const server = new XdsServer({
    provider: new ResourceStore(),
    logger: { error: (details) => errors.push(details) },
    loadReports: { clustersOf: () => 'all' },
  });
  const paths = [...server.methods().keys()].filter((path) => !discovery.has(path));
  const left = () => {
    const { queries, healthWatchers, loadStreams, loadClusters } = server.stats();
    return [queries, healthWatchers, loadStreams, loadClusters];
  };

  it('have eight methods in four services, in any version', () => {
    assert.equal(paths.length, 8);
  });

  for (const path of paths) {
    it(`rule 99: accept any bytes for ${path} and leave nothing behind`, () => {
      const bytes = fc.uint8Array({ maxLength: 60, size: 'max' });
      fc.assert(
        fc.property(fc.array(bytes, { maxLength: 4, size: 'max' }), fc.boolean(), (messages, politely) => {
          const { sink } = open(server, path);
          for (const message of messages) sink?.received(Buffer.from(message));
          if (politely) sink?.halfClosed();
          sink?.drained();
          sink?.closed();
          assert.deepEqual(left(), [0, 0, 0, 0]);
        }),
        { numRuns: propertyRuns(300) },
      );
      assert.deepEqual(errors, []);
    });
  }

  it('reject invalid messages', () => {
    const call = open(server, '/envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus');
    call.sink?.received(Buffer.from([0xff]));
    assert.equal(call.status(), STATUS.invalidArgument);
  });

  it('send nothing to a client that does not read: it gets the current health when it reads again', async () => {
    let ready = false;
    const own = new XdsServer({ provider: new ResourceStore(), ready: () => ready });
    const call = open(own, '/grpc.health.v1.Health/Watch', false);
    call.sink?.received(Buffer.alloc(0));
    assert.equal(call.sent(), 1);
    for (const now of [true, false, true]) {
      ready = now;
      own.readinessChanged();
    }
    assert.equal(call.sent(), 1);
    call.sink?.drained();
    assert.equal(call.sent(), 2);
    call.sink?.closed();
  });

  it('end calls of clients that do not read', () => {
    const call = open(server, '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', false);
    const symbol = Buffer.from('envoy.config.listener.v3.Listener');
    const request = Buffer.concat([Buffer.from([0x22, symbol.length]), symbol]);
    let asked = 0;
    while (call.status() === undefined && asked < 10_000) {
      call.sink?.received(request);
      asked += 1;
    }
    assert.equal(call.status(), STATUS.resourceExhausted);
    assert.ok(call.bytes() < 100 << 20);
    assert.deepEqual(left(), [0, 0, 0, 0]);
    const other = open(server, '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo');
    other.sink?.received(request);
    assert.deepEqual([other.sent(), other.status()], [1, undefined]);
    other.sink?.closed();
  });
});
