/**
 * A thousand clients that hold everything come back with their versions: what they are sent is counted, also by a server that was
 * restarted, and by one that shows them another view.
 */
import assert from 'node:assert/strict';
import { FleetClient, settle } from '../testing/xds/fleet.js';
import { cluster, resource } from '../testing/xds/server.js';
import type { ClientMode } from '../testing/xds/client-wire.js';
import { type EncodedResource, ResourceStore, XdsServer } from './index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from './protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const CLIENTS = 1_000;
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const VIEWS = ['one', 'two'];
/** What each type subscribes to. */
const WANTED: readonly (readonly [typeUrl: string, names: readonly string[]])[] = [
  [CLUSTER, []],
  [EDS, NAMES],
  [LISTENER, []],
  [ROUTE_CONFIGURATION, ['r']],
];

const WORLD: readonly EncodedResource[] = [
  ...NAMES.flatMap((name) => [cluster(name), resource(EDS, name)]),
  resource(LISTENER, 'l'),
  resource(ROUTE_CONFIGURATION, 'r', 'a', { clusters: ['a'] }),
];

class Returning {
  #view = VIEWS[0];
  readonly store = new ResourceStore({ viewOf: () => this.#view ?? '' });
  server = new XdsServer({ provider: this.store });
  readonly clients: readonly FleetClient[];
  readonly #held = new Map<string, { readonly version: string; readonly names: Readonly<Record<string, string>> }>();

  constructor(mode: ClientMode) {
    for (const view of VIEWS) for (const item of WORLD) this.store.put(item, view);
    this.clients = Array.from({ length: CLIENTS }, (_, index) => new FleetClient(mode, `n${String(index)}`));
  }

  async connect(): Promise<void> {
    for (const client of this.clients) {
      client.got.responses = client.got.resources = client.got.bytes = 0;
      client.connect(this.server);
      for (const [typeUrl, names] of WANTED) client.subscribe(typeUrl, names, this.#brought(client.mode, typeUrl));
    }
    await settle(this.clients, (_client, { typeUrl, version, resources }) => {
      const names = Object.fromEntries(resources.map((item) => [item.name, item.version]));
      this.#held.set(typeUrl, { version, names: { ...this.#held.get(typeUrl)?.names, ...names } });
      return undefined;
    });
  }

  #brought(mode: ClientMode, typeUrl: string): object {
    const held = this.#held.get(typeUrl);
    if (held === undefined) return {};
    return mode === 'sotw' ? { versionInfo: held.version } : { initialResourceVersions: held.names };
  }

  leave(): void {
    for (const client of this.clients) client.disconnect();
  }

  restart(): void {
    this.server = new XdsServer({ provider: this.store });
  }

  /** They come back to another view. */
  move(): void {
    this.#view = VIEWS[1];
  }

  /** Of all clients. */
  sum(what: 'responses' | 'resources' | 'bytes'): number {
    return this.clients.reduce((sum, { got }) => sum + got[what], 0);
  }
}

/** State of the world names in a version what it holds of all that there is, and cannot say what it holds of some names. */
const RESENT: Readonly<Record<ClientMode, number>> = { sotw: NAMES.length + 1, delta: 0 };

describe('a thousand clients that reconnect', function () {
  this.timeout(60_000);
  for (const mode of ['sotw', 'delta'] as const) {
    const comebacks: readonly (readonly [string, (fleet: Returning) => void])[] = [
      ['to the same server', () => undefined],
      ['to a server that was restarted', (fleet) => fleet.restart()],
      ['to another view with the same resources', (fleet) => fleet.move()],
    ];
    for (const [where, prepare] of comebacks)
      it(`are not sent resources whose versions they name, ${where} (${mode})`, async () => {
        const fleet = new Returning(mode);
        await fleet.connect();
        const first = fleet.sum('bytes');
        assert.equal(fleet.sum('resources'), CLIENTS * WORLD.length);
        fleet.leave();
        prepare(fleet);
        await fleet.connect();
        assert.equal(fleet.sum('resources'), CLIENTS * RESENT[mode]);
        assert.equal(fleet.sum('responses'), mode === 'delta' ? 0 : 2 * CLIENTS);
        // Responses have a head each, so half of the resources are a little more than half of the bytes.
        assert.ok(
          fleet.sum('bytes') <= (1.2 * first * RESENT[mode]) / WORLD.length,
          `${String(fleet.sum('bytes'))} of ${String(first)}`,
        );
        fleet.leave();
      });

    it(`are sent each change of the meantime once (${mode})`, async () => {
      const fleet = new Returning(mode);
      await fleet.connect();
      fleet.leave();
      fleet.restart();
      fleet.store.put(resource(EDS, 'a', '2'), VIEWS[0]);
      await fleet.connect();
      assert.equal(fleet.sum('resources'), CLIENTS * Math.max(RESENT[mode], 1));
      fleet.leave();
    });
  }
});
