/** Promise 28: limits per address count the addresses of an IPv6 network as one, and mapped addresses as IPv4, wherever a peer is counted. */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Server, type Socket } from 'node:net';
import { type ClientRequest, encodeRequest } from '../../testing/xds/client-wire.js';
import { cluster } from '../../testing/xds/server.js';
import { CLUSTER, type MessageSink, ResourceStore, STATUS, type XdsLimits, XdsServer } from '../index.js';
import { Sockets } from '../transport/sockets.js';

const DISCOVERY = '/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources';
const LOAD_REPORTS = '/envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats';

/** What a name costs, about. */
const NAME = 1_100;
/** Two of one network, two of one IPv4 address. */
const FULL = ['2001:db8::1', '2001:db8::2', '::ffff:10.0.0.1', '10.0.0.1'];
/** The first two belong to them, the others do not. */
const FURTHER = ['2001:db8::3', '::ffff:10.0.0.1', '2001:db8:0:1::1', '10.0.0.2'];

/** A server that is called without a network: the address of a client is what the test says. */
class Called {
  readonly #server: XdsServer;
  readonly limits: unknown[] = [];

  constructor(limits: Partial<XdsLimits>) {
    const store = new ResourceStore();
    store.put(cluster('a'));
    this.#server = new XdsServer({
      provider: store,
      limits,
      events: { streamRefused: (_peer, _code, _message, limit) => this.limits.push(limit) },
    });
  }

  /** The call of a client with this address, which is over if it was refused. */
  call(path: string, address: string): { readonly sink: MessageSink | undefined; readonly codes: readonly number[] } {
    const codes: number[] = [];
    const stream = {
      peer: `${address}:4711`,
      write: () => true,
      end: (code: number) => {
        codes.push(code);
      },
    };
    return { sink: this.#server.methods().get(path)?.(stream), codes };
  }

  /** Whether a call of each address is accepted; it ends at once. */
  accepts(path: string, addresses: readonly string[]): readonly boolean[] {
    return addresses.map((address) => {
      const { sink } = this.call(path, address);
      sink?.closed();
      return sink !== undefined;
    });
  }
}

describe('promise 28: limits per address', () => {
  for (const path of [DISCOVERY, LOAD_REPORTS])
    it(`streams of a network are counted together, and given back (${path})`, () => {
      const server = new Called({ maxStreamsPerAddress: 2 });
      const sinks = FULL.map((address) => server.call(path, address).sink);
      assert.deepEqual(server.accepts(path, FURTHER), [false, false, true, true]);
      assert.deepEqual(server.limits, ['streams-per-address', 'streams-per-address']);
      sinks[0]?.closed();
      sinks[3]?.closed();
      assert.deepEqual(server.accepts(path, FURTHER), [true, true, true, true]);
    });

  it('what the streams of a network make the server remember is counted together', () => {
    const server = new Called({ maxRememberedBytesPerAddress: 150 * NAME });
    const subscribes = (address: string): readonly number[] => {
      const { sink, codes } = server.call(DISCOVERY, address);
      // Names of their own: the same ones would count once.
      const names = Array.from({ length: 100 }, (_, index) => `${address}-${String(index)}`);
      const request: ClientRequest = { node: { id: address }, typeUrl: CLUSTER, resourceNamesSubscribe: names };
      sink?.received(encodeRequest('delta', request));
      return codes;
    };
    assert.deepEqual(subscribes('2001:db8::1'), []);
    assert.deepEqual(subscribes('2001:db8:0:1::1'), []);
    assert.deepEqual(subscribes('2001:db8::2'), [STATUS.resourceExhausted]);
    assert.deepEqual(server.limits, ['remembered-per-address']);
  });

  it('connections of a network are counted together, and given back', async () => {
    const [served, refused]: [string[], string[]] = [[], []];
    const server = new Server((socket) => served.push(String(socket.remoteAddress)));
    const cutOff = (peer: string): void => void refused.push(peer);
    new Sockets(server, { maxConnectionsPerAddress: 2 }, { cutOff });
    const connect = (remoteAddress: string): Socket => {
      const socket = Object.assign(new EventEmitter(), { remoteAddress, remotePort: 4711, destroy: () => undefined });
      server.emit('connection', socket);
      return socket as unknown as Socket;
    };
    const [first] = FULL.map(connect);
    FURTHER.forEach(connect);
    first?.emit('close');
    connect('2001:db8::4');
    await turn();
    assert.deepEqual(refused, ['2001:db8::3:4711', '::ffff:10.0.0.1:4711']);
    assert.deepEqual(served, [...FULL.slice(1), '2001:db8:0:1::1', '10.0.0.2', '2001:db8::4']);
  });
});
