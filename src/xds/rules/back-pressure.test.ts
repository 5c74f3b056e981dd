/** A client that is stuck costs the server the same after a thousand changes as after a hundred: counted, not timed. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { MODES, type TestServer, cluster, resource, testServers } from '../../testing/xds/server.js';
import type { ClientMode } from '../../testing/xds/client-wire.js';
import { XdsTestClient } from '../../testing/xds/client.js';
import { type GrpcJsServer, serveByGrpcJs } from '../../testing/xds/grpc-js-server.js';
import type { EncodedResource } from '../resources/resource.js';
import { TRANSPORTS } from '../transport/listen-options.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const TYPES = [CLUSTER, EDS, LISTENER, ROUTE_CONFIGURATION];
/** What the client gets stuck in: larger than what connections take on without being read. */
const LARGE = 'x'.repeat(200_000);

/** How a client is stuck, and how many responses it may be sent then: the first clusters and their endpoints, or one of each type. */
const STALLS = [
  { what: 'that does not read', stall: (client: XdsTestClient) => client.pause(), responses: 2 },
  { what: 'that reads and does not answer', stall: () => undefined, responses: TYPES.length },
] as const;

function world(content: string): EncodedResource[] {
  return [
    ...NAMES.flatMap((name) => [cluster(name, content), resource(EDS, name, content)]),
    resource(LISTENER, 'l', content),
    resource(ROUTE_CONFIGURATION, 'r', content),
  ];
}

describe('rule 98: back-pressure', () => {
  const start = testServers();
  const opened: (XdsTestClient | GrpcJsServer)[] = [];
  afterEach(() => opened.splice(0).forEach((item) => item.close()));

  async function connect(xds: TestServer, transport: string, mode: ClientMode): Promise<XdsTestClient> {
    const served = transport === 'addTo' ? await serveByGrpcJs(xds.server) : { port: xds.port, close: () => undefined };
    const client = new XdsTestClient(served.port, { mode });
    opened.push(client, served);
    return client;
  }

  for (const transport of [...TRANSPORTS, 'addTo'] as const) {
    for (const mode of MODES) {
      for (const { what, stall, responses } of STALLS) {
        it(`a client ${what} causes no growing cost (${transport}, ${mode})`, async () => {
          const sent = { responses: 0, bytes: 0 };
          const xds = await start({
            ...(transport !== 'addTo' && { transport }),
            resources: world(LARGE),
            // Whatever is held back by the order of types stays so for the whole test.
            limits: { maxResponseBytes: 1 << 24, orderDeadlineMs: 600_000 },
            events: {
              sent: (_client, _typeUrl, { bytes }) => {
                sent.responses += 1;
                sent.bytes += bytes;
              },
            },
          });
          const client = await connect(xds, transport, mode);
          stall(client);
          for (const typeUrl of TYPES)
            client.subscribe(typeUrl, typeUrl === EDS ? NAMES : typeUrl === ROUTE_CONFIGURATION ? ['r'] : []);
          while (xds.server.stats().interests < TYPES.length || sent.responses === 0) await turn();

          const change = async (number: number): Promise<void> => {
            xds.put(...world(String(number)));
            await turn();
          };
          for (let number = 1; number <= 100; number += 1) await change(number);
          const held = { ...sent, ...xds.server.stats() };
          for (let number = 101; number <= 1_000; number += 1) await change(number);
          assert.deepEqual({ ...sent, ...xds.server.stats() }, held);
          assert.ok(sent.responses <= responses, `${String(sent.responses)} responses`);
          assert.ok(held.batches <= TYPES.length, `${String(held.batches)} batches`);
          assert.equal(held.tombstones, 0);

          client.resume();
          const last = new Map<string, string>();
          while (last.size < TYPES.length || [...last.values()].some((content) => content !== '1000')) {
            const response = await client.nextOfAny();
            client.ack(response);
            last.set(response.typeUrl, contentOf(response.resources[0]?.value));
          }
          // The state in which it got stuck, and the newest.
          assert.ok(client.history.length <= 2 * TYPES.length, `${String(client.history.length)} responses in all`);
        });
      }
    }
  }
});

/** The number at the end of a resource's content. */
function contentOf(value: Buffer | undefined): string {
  return /\d*$/.exec(value?.subarray(-6).toString('latin1') ?? '')?.[0] ?? '';
}
