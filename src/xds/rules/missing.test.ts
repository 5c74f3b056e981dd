/** Names without resources, in state of the world: answered if the provider says how, but never to a client that may hold something. */
import assert from 'node:assert/strict';
import { type TestServer, overAllServices, resource } from '../../testing/xds/server.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Collection } from '../resources/collection.js';
import { CLUSTER_LOAD_ASSIGNMENT as EDS } from '../protocol/type-urls.js';

const EMPTY = 'empty';

overAllServices('promise 19: names without resources', (start) => {
  const open = new Set<Collection>();
  let server: TestServer;
  beforeEach(async () => {
    open.clear();
    const existing = [resource(EDS, 'a'), resource(EDS, 'b')];
    server = await start({
      provider: {
        viewOf: () => '',
        open: (collection) => {
          if (collection.typeUrl !== EDS) return { close: () => undefined };
          for (const item of existing) collection.set(item);
          open.add(collection);
          return { close: () => open.delete(collection), missing: (name) => resource(EDS, name, EMPTY) };
        },
      },
    });
  });

  const change = (action: (collection: Collection) => void): void =>
    server.server.transaction(() => {
      for (const collection of open) action(collection);
    });
  const put = (item: EncodedResource): void => change((collection) => collection.set(item));
  const told = (resources: readonly { readonly name: string; readonly value: Buffer }[]): readonly string[] =>
    resources.map(({ name, value }) => (value.toString().includes(EMPTY) ? `no ${name}` : name)).sort();

  it('are answered, the first time and later, and sent when there is something', async () => {
    const client = server.connect('sotw');
    client.subscribe(EDS, ['a', 'x']);
    assert.deepEqual(told((await client.accept(EDS)).resources), ['a', 'no x']);
    client.subscribe(EDS, ['a', 'x', 'y']);
    assert.deepEqual(told((await client.accept(EDS)).resources), ['no y']);
    await client.expectSilence();
    put(resource(EDS, 'y'));
    assert.deepEqual(told((await client.accept(EDS)).resources), ['y']);
    await client.expectSilence();
  });

  it('are answered if they are all that a client asks for', async () => {
    const client = server.connect('sotw');
    client.subscribe(EDS, ['x']);
    assert.deepEqual(told((await client.accept(EDS)).resources), ['no x']);
    await client.expectSilence();
    assert.equal(server.server.clients()[0]?.types.find(({ typeUrl }) => typeUrl === EDS)?.state, 'SYNCED');
  });

  it('are not answered to a client that holds what was deleted, but to one that comes then', async () => {
    const client = server.connect('sotw');
    client.subscribe(EDS, ['a', 'b']);
    await client.accept(EDS);
    change((collection) => collection.delete('a'));
    await client.expectSilence();
    const other = server.connect('sotw');
    other.subscribe(EDS, ['a']);
    assert.deepEqual(told((await other.accept(EDS)).resources), ['no a']);
    await client.expectSilence();
  });

  it('are not answered to a client that comes back and may hold them', async () => {
    const client = server.connect('sotw');
    client.subscribe(EDS, ['a', 'x'], { versionInfo: 'of-before' });
    assert.deepEqual(told((await client.accept(EDS)).resources), ['a']);
    await client.expectSilence();
    // A name that it adds later it does not hold.
    client.subscribe(EDS, ['a', 'x', 'y']);
    assert.deepEqual(told((await client.accept(EDS)).resources), ['no y']);
    put(resource(EDS, 'x'));
    assert.deepEqual(told((await client.accept(EDS)).resources), ['x']);
  });

  it('are removed for an incremental client', async () => {
    const client = server.connect('delta');
    client.subscribe(EDS, ['a', 'x']);
    const { names, removed } = await client.accept(EDS);
    assert.deepEqual([names, removed], [['a'], ['x']]);
  });

  it('are answered up to a number, however many there are', async () => {
    const client = server.connect('sotw');
    client.subscribe(
      EDS,
      Array.from({ length: 5_000 }, (_, index) => `x${String(index)}`),
    );
    assert.equal((await client.accept(EDS)).resources.length, 1_000);
    await client.expectSilence();
    put(resource(EDS, 'x4999'));
    assert.deepEqual(told((await client.accept(EDS)).resources), ['x4999']);
  });

  it('may be refused, and are not sent again', async () => {
    const client = server.connect('sotw');
    client.subscribe(EDS, ['x']);
    client.nack(await client.next(EDS));
    await client.expectSilence();
    put(resource(EDS, 'x'));
    assert.deepEqual(told((await client.accept(EDS)).resources), ['x']);
  });
});
