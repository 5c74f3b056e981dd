/** Promise 32: replicas that read the same files give the same versions, and a client that moves between them keeps what it holds. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readCase } from '../testing/case.js';
import { TESTDATA } from '../testing/golden.js';
import { XdsTestClient } from '../testing/xds/client.js';
import type { ClientMode, ClientResponse } from '../testing/xds/client-wire.js';
import { MODES } from '../testing/xds/server.js';
import { type ControlPlane, createControlPlane } from './control-plane.js';
import { typeUrls } from './views/resource-types.js';

const NODE = { id: 'n', cluster: 'mgmt-cluster', locality: { region: 'us-east-1' } };
const WILDCARDS = [typeUrls.cluster, typeUrls.listener] as const;

/** What a client holds, by type. */
type Held = ReadonlyMap<string, ClientResponse>;

describe('promise 32: two replicas of the same files', () => {
  const clients: XdsTestClient[] = [];
  let replicas: readonly { readonly controlPlane: ControlPlane; readonly port: number }[];

  before(async () => {
    const { first } = readCase(join(TESTDATA, 'golden', 'guide'));
    const backwards = { ...first, upserts: [...first.upserts].reverse() };
    replicas = await Promise.all(
      [first, backwards].map(async (input) => {
        const controlPlane = createControlPlane();
        controlPlane.apply(input);
        const { port } = await controlPlane.xds.listen('127.0.0.1:0');
        return { controlPlane, port };
      }),
    );
  });

  after(async () => {
    for (const client of clients) client.close();
    await Promise.all(replicas.map(({ controlPlane }) => controlPlane.xds.drain(0)));
  });

  function connect(index: number, mode: ClientMode): XdsTestClient {
    const client = new XdsTestClient(replicas[index]!.port, { mode, node: NODE });
    clients.push(client);
    return client;
  }

  async function everything(client: XdsTestClient): Promise<Held> {
    const held = new Map<string, ClientResponse>();
    for (const typeUrl of WILDCARDS) {
      client.subscribe(typeUrl);
      held.set(typeUrl, await client.accept(typeUrl));
    }
    const names = held.get(typeUrls.cluster)!.names;
    client.subscribe(typeUrls.endpoint, [...names]);
    held.set(typeUrls.endpoint, await client.accept(typeUrls.endpoint));
    return held;
  }

  /** Versions and bytes, by type and name. */
  function contents(held: Held): readonly string[] {
    return [...held.values()]
      .flatMap(({ typeUrl, version, resources }) => [
        `${typeUrl} ${version}`,
        ...resources.map((each) => `${typeUrl} ${each.name} ${each.version} ${each.value.toString('base64')}`),
      ])
      .sort();
  }

  for (const mode of MODES) {
    it(`have the same bytes and versions (${mode})`, async () => {
      const [one, other] = [await everything(connect(0, mode)), await everything(connect(1, mode))];
      assert.ok(one.get(typeUrls.cluster)!.names.length > 2);
      assert.deepEqual(contents(one), contents(other));
    });
  }

  it('resend nothing to a client that comes from the other (state of the world)', async () => {
    const held = await everything(connect(0, 'sotw'));
    const moved = connect(1, 'sotw');
    for (const typeUrl of WILDCARDS) moved.subscribe(typeUrl, [], { versionInfo: held.get(typeUrl)!.version });
    await moved.expectSilence();
  });

  it('resend nothing to a client that comes from the other (delta)', async () => {
    const held = await everything(connect(0, 'delta'));
    const moved = connect(1, 'delta');
    for (const typeUrl of WILDCARDS) {
      const versions = held.get(typeUrl)!.resources.map(({ name, version }) => [name, version] as const);
      moved.subscribe(typeUrl, ['*'], { initialResourceVersions: Object.fromEntries(versions) });
    }
    await moved.expectSilence();
  });
});
