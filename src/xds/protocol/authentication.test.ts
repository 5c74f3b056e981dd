/** Promise 27: who may call, over both transports, with certificates and with tokens. */
import assert from 'node:assert/strict';
import { credentials, status } from '@grpc/grpc-js';
import { type Authority, LOCAL_NAMES, createAuthority } from '../../testing/certificate.js';
import { serviceClients } from '../../testing/service-client.js';
import type { ClientProof } from '../../testing/xds/client-calls.js';
import { type TestServer, cluster, overTransports } from '../../testing/xds/server.js';
import { type ClientCredentials, type Principal, type XdsNode, CLUSTER, STATUS, StreamError } from '../index.js';
import type { MessageSink, MessageStream } from '../transport/message-stream.js';
import { authenticated } from './authentication.js';

const CSDS = '/envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus';
const LRS = '/envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats';
const REFLECTION = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
const HEALTH = '/grpc.health.v1.Health/Check';

interface Status {
  readonly config?: readonly { readonly node: { readonly id: string } }[];
}

/** May be the node of its name only. */
function principal(name: string, seesAllClients = false): Principal {
  const nodeRefusal = ({ id }: XdsNode): string | undefined => (id === name ? undefined : `${name} may not be ${id}`);
  return { name, seesAllClients, nodeRefusal };
}

/** By the subject of the certificate, or at once by a token that is a name. */
function byName({ certificate, authorization }: ClientCredentials): Principal {
  const name = certificate?.subject.replace('CN=', '') ?? authorization;
  if (name === undefined) throw new StreamError(STATUS.unauthenticated, 'who are you?');
  if (name === 'unwanted') throw new StreamError(STATUS.permissionDenied, 'not you');
  return principal(name, name === 'operator');
}

/** As an authenticator that has to ask somebody. */
async function later(proof: ClientCredentials): Promise<Principal> {
  await new Promise((resolve) => setImmediate(resolve));
  return byName(proof);
}

/** A call without a network: what it was ended with. */
function callOf(): { readonly stream: MessageStream; readonly ended: Promise<string> } {
  let end: (status: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (end = resolve));
  const stream = { peer: '192.0.2.1', write: () => true, end: (code: number, text: string) => end(`${code} ${text}`) };
  return { stream, ended };
}

describe('promise 27: calls that are being authenticated', () => {
  it('end with INTERNAL if their handler fails', async () => {
    const handler = (): never => {
      throw new Error('a mistake');
    };
    const causes: unknown[] = [];
    const methods = authenticated(
      new Map([['/a', handler]]),
      async () => Promise.resolve(principal('a')),
      (_, error, cause) => causes.push(error.code, cause),
    );
    const { stream, ended } = callOf();
    methods.get('/a')?.(stream);
    assert.equal(await ended, '13 internal error');
    assert.equal(causes[0], STATUS.internal);
    assert.match(String(causes[1]), /a mistake/);
  });

  it('may send 64 MiB together, which their ends give back', async () => {
    const limits: unknown[] = [];
    const methods = authenticated(
      new Map([['/a', () => undefined]]),
      () => new Promise(() => undefined),
      (_, { limit }) => limits.push(limit),
    );
    const half = Buffer.alloc(32 << 20);
    const open = (): { readonly sink: MessageSink; readonly ended: Promise<string> } => {
      const { stream, ended } = callOf();
      const sink = methods.get('/a')?.(stream);
      assert.ok(sink);
      return { sink, ended };
    };
    const [first, second, third] = [open(), open(), open()];
    first.sink.received(half);
    second.sink.received(half);
    third.sink.received(Buffer.alloc(1));
    assert.equal(await third.ended, '8 too many requests wait for authentication');
    assert.deepEqual(limits, ['authentication']);
    first.sink.closed();
    const fourth = open();
    fourth.sink.received(half);
    fourth.sink.received(Buffer.alloc(1));
    assert.equal(await fourth.ended, '8 too many requests wait for authentication');
    assert.equal(limits.length, 2);
  });
});

overTransports('promise 27: authentication', (start) => {
  const connect = serviceClients();

  /** What the client gets: the names of its clusters, or the status of its call. */
  async function outcome(xds: TestServer, proof: ClientProof, id: string): Promise<string> {
    const client = xds.connect('delta', { ...proof, node: { id } });
    client.subscribe(CLUSTER);
    const refused = (): Promise<string> =>
      client.status.then(({ code, details }) => `${String(status[code])}: ${details}`);
    return client.next(CLUSTER).then(({ names }) => names.join(), refused);
  }

  for (const [how, authenticate] of Object.entries({ 'at once': byName, later })) {
    it(`a client is its principal's node, or is refused (${how})`, async () => {
      const xds = await start({ resources: [cluster('a')], authenticate });
      assert.equal(await outcome(xds, { authorization: 'envoy' }, 'envoy'), 'a');
      assert.equal(
        await outcome(xds, { authorization: 'envoy' }, 'other'),
        'PERMISSION_DENIED: envoy may not be other',
      );
      assert.equal(await outcome(xds, {}, 'envoy'), 'UNAUTHENTICATED: who are you?');
      assert.equal(await outcome(xds, { authorization: 'unwanted' }, 'unwanted'), 'PERMISSION_DENIED: not you');
      assert.deepEqual(
        xds.server.clients().map((client) => client.principal),
        ['envoy'],
      );
    });

    it(`load reports, client status and reflection need it, and health does not (${how})`, async () => {
      const xds = await start({ authenticate });
      const [stranger, other] = [connect(xds.port), connect(xds.port, { authorization: 'other' })];
      for (const path of [LRS, REFLECTION]) {
        const { code } = await stranger.stream(path).status;
        assert.equal(code, status.UNAUTHENTICATED, path);
      }
      await assert.rejects(stranger.unary(CSDS, {}), { code: status.UNAUTHENTICATED });
      assert.deepEqual(await stranger.unary(HEALTH, {}), { status: 'SERVING' });
      const reports = other.stream(LRS);
      reports.send({ node: { id: 'envoy' } });
      assert.equal((await reports.status).details, 'other may not be envoy');
      const { streams, loadStreams, queries } = xds.server.stats();
      assert.deepEqual([streams, loadStreams, queries], [0, 0, 0]);
    });
  }

  it('an error of the authenticator ends the call with INTERNAL and is logged', async () => {
    const logged: object[] = [];
    const failing = [
      () => {
        throw new Error('a mistake');
      },
      () => Promise.reject(new Error('a mistake')),
    ];
    for (const authenticate of failing) {
      const xds = await start({ authenticate, logger: { error: (details) => void logged.push(details) } });
      assert.equal(await outcome(xds, {}, 'envoy'), 'INTERNAL: internal error');
    }
    assert.equal(logged.length, 2);
  });

  it('a client that leaves while it is being authenticated leaves nothing', async () => {
    let admit: (principal: Principal) => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      admit = () => resolve();
    });
    let decide: (principal: Principal) => void = () => undefined;
    const decided = new Promise<Principal>((resolve) => (decide = resolve));
    const xds = await start({
      resources: [cluster('a')],
      authenticate: (proof) => {
        if (proof.authorization === 'second') return byName(proof);
        admit(principal('first'));
        return decided;
      },
    });
    const client = xds.connect('delta', { authorization: 'first', node: { id: 'first' } });
    client.subscribe(CLUSTER);
    await asked;
    client.close();
    await client.status;
    // The connection of another client: what the first one did has arrived when this one is answered.
    assert.equal(await outcome(xds, { authorization: 'second' }, 'second'), 'a');
    decide(principal('first'));
    await decided;
    assert.equal(xds.server.stats().streams, 1);
  });

  it('client status shows a principal its own clients, and an operator all', async () => {
    const xds = await start({ resources: [cluster('a')], authenticate: byName });
    for (const name of ['one', 'two']) assert.equal(await outcome(xds, { authorization: name }, name), 'a');
    const shown = async (authorization: string): Promise<readonly string[]> => {
      const { config = [] } = await connect(xds.port, { authorization }).unary<Status>(CSDS, {});
      return config.map(({ node }) => node.id).sort();
    };
    assert.deepEqual(await shown('one'), ['one']);
    assert.deepEqual(await shown('operator'), ['one', 'two']);
    assert.deepEqual(await shown('three'), []);
  });

  describe('by certificate', () => {
    let authority: Authority;
    before(() => {
      authority = createAuthority('authority');
    });

    it('a client is who its certificate says', async () => {
      const tls = { ...authority.issue('server', ...LOCAL_NAMES), clientCa: authority.cert };
      const xds = await start({ resources: [cluster('a')], authenticate: byName, listen: { tls } });
      const proofOf = ({ cert, key }: { readonly cert: string; readonly key: string }): ClientProof => {
        const [ca, own, chain] = [authority.cert, key, cert].map((pem) => Buffer.from(pem));
        return { channel: credentials.createSsl(ca, own, chain) };
      };
      const envoy = proofOf(authority.issue('envoy'));
      assert.equal(await outcome(xds, envoy, 'envoy'), 'a');
      assert.equal(await outcome(xds, envoy, 'other'), 'PERMISSION_DENIED: envoy may not be other');
      const foreign = await outcome(xds, proofOf(createAuthority('elsewhere').issue('envoy')), 'envoy');
      assert.match(foreign, /^UNAVAILABLE/);
    });
  });
});
