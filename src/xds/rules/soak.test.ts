/** Ten thousand streams that end in every way there is leave the server as it was before them: counted, not measured. */
import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { type Server as NetServer, Server } from 'node:net';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { MODES, cluster, resource, testServers } from '../../testing/xds/server.js';
import type { ClientMode } from '../../testing/xds/client-wire.js';
import { serveByGrpcJs } from '../../testing/xds/grpc-js-server.js';
import { RawConnection, WAYS } from '../../testing/xds/raw-connection.js';
import { CLUSTER_LOAD_ASSIGNMENT, LISTENER } from '../protocol/type-urls.js';

const STREAMS_PER_CONNECTION = 20;
/** Connections at the same time. */
const AT_ONCE = 10;

/** Timers of this process that are set, those too that do not keep it alive. */
class TimerCount {
  readonly #set = new Set<number>();
  readonly #hook = createHook({
    init: (id, type) => {
      if (type === 'Timeout') this.#set.add(id);
    },
    destroy: (id) => this.#set.delete(id),
  }).enable();

  get size(): number {
    return this.#set.size;
  }

  stop(): void {
    this.#hook.disable();
  }
}

/** The servers that begin to listen meanwhile. */
async function listening(start: () => Promise<unknown>): Promise<readonly NetServer[]> {
  const listen = mock.method(Server.prototype, 'listen');
  await start();
  const servers = listen.mock.calls.map((call) => call.this as NetServer);
  listen.mock.restore();
  return servers;
}

/** What Node sees of servers and timers. */
function traces(servers: readonly NetServer[]): object {
  return {
    listeners: servers.map((server) => server.eventNames().map((name) => [name, server.listenerCount(name)])),
    timers: process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length,
  };
}

/** That many streams, some connections at once; every other connection is cut while streams of its are open. */
async function soak(port: number, mode: ClientMode, streams: number): Promise<void> {
  const connections = streams / STREAMS_PER_CONNECTION;
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < connections) {
      const number = next++;
      const connection = new RawConnection(port);
      const cut = number % 2 === 0;
      const ended = Array.from({ length: STREAMS_PER_CONNECTION - (cut ? 1 : 0) }, (_, index) =>
        connection.endOne(mode, index, Math.floor(index / 2) + number),
      );
      if (cut) connection.leaveOpen(mode);
      await Promise.all(ended);
      await connection.close(cut ? 'cut' : 'goodbye');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

describe('rule 99: ten thousand connects and disconnects', () => {
  const start = testServers();
  const RESOURCES = [cluster('a'), resource(CLUSTER_LOAD_ASSIGNMENT, 'a'), resource(LISTENER, 'l')];

  for (const [transport, streams] of [
    ['grpc-js', 10_000],
    ['http2', 10_000],
    ['addTo', 1_000],
  ] as const) {
    for (const mode of MODES) {
      it(`leave no timer, entry or listener behind (${transport}, ${mode}, ${String(streams)} streams)`, async () => {
        const [ended, calls] = [{ connected: 0, disconnected: 0, refused: 0 }, { ready: 0 }];
        let port = 0;
        let close = (): void => undefined;
        const xds = await start({
          resources: RESOURCES,
          // Some are turned away at the door.
          ready: () => (calls.ready += 1) % (WAYS + 2) > 0,
          events: {
            connected: () => (ended.connected += 1),
            disconnected: () => (ended.disconnected += 1),
            streamRefused: () => (ended.refused += 1),
          },
        });
        let connections = (): number => 0;
        const servers = await listening(async () => {
          if (transport === 'addTo') ({ port, close } = await serveByGrpcJs(xds.server));
          else {
            const listener = await xds.server.listen('127.0.0.1:0', { transport });
            port = listener.port;
            connections = () => listener.connections;
          }
        });
        // The first connections make what is made once.
        await soak(port, mode, STREAMS_PER_CONNECTION);
        const timers = new TimerCount();
        const before = traces(servers);

        await soak(port, mode, streams);
        while (xds.server.stats().streams > 0 || connections() > 0) await turn();
        for (const server of servers) await closedConnections(server);
        for (let turns = 0; turns < 1_000 && timers.size > 1; turns += 1) await turn();

        const { cachedBytes, ...left } = xds.server.stats();
        assert.deepEqual(
          Object.entries(left).filter(([, count]) => count !== 0),
          [],
        );
        assert.ok(cachedBytes < 10_000, `${String(cachedBytes)} bytes`);
        // Node itself has one for the date in headers.
        assert.ok(timers.size <= 1, `${String(timers.size)} timers`);
        timers.stop();
        assert.deepEqual(traces(servers), before);
        assert.deepEqual([servers.length, ended.connected > streams / WAYS], [1, true]);
        assert.equal(ended.connected, ended.disconnected);
        assert.ok(ended.refused > streams / WAYS, `${String(ended.refused)} turned away`);
        close();
      });
    }
  }
});

/** Waits until the server has no connection. */
async function closedConnections(server: NetServer): Promise<void> {
  const count = (): Promise<number> =>
    new Promise((resolve, reject) => server.getConnections((error, open) => (error ? reject(error) : resolve(open))));
  while ((await count()) > 0) await turn();
}
