/** What is asked of etcd, and what becomes of its answers. integration/etcd has a real one. */
import assert from 'node:assert/strict';
import { EventEmitter, on } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeEtcd } from '../../testing/etcd/fake-etcd.js';
import { withFiles } from '../../testing/run-command.js';
import type { PathState } from '../contents/path-state.js';
import type { ResourceBatch } from '../contents/table.js';
import { DEFAULT_READ_LIMITS } from '../yaml/limits.js';
import type { EtcdServers } from './connection.js';
import { type EtcdSource, type WatchEtcdOptions, watchEtcd } from './watch-etcd.js';

function mesh(name: string, cluster = 'c'): string {
  return `apiVersion: discovery.mesh.gloo.solo.io/v1\nkind: Mesh\nmetadata: {name: ${name}, namespace: a}\nspec: {istio: {installation: {cluster: ${cluster}}}}\n`;
}

function key(name: string): string {
  return `/lifeboat/Mesh/a/${name}`;
}

function namesOf({ upserts, deletes }: ResourceBatch): readonly string[] {
  return [...upserts.map(({ metadata }) => metadata.name), ...deletes.map(({ name }) => `-${name}`)].sort();
}

describe('documents of etcd', () => {
  let etcd: FakeEtcd;
  let source: EtcdSource | undefined;
  let told: EventEmitter;

  beforeEach(async () => {
    etcd = await new FakeEtcd().start();
    told = new EventEmitter();
  });

  afterEach(async () => {
    await source?.close();
    source = undefined;
    etcd.stop();
  });

  /** Begins to watch. The returned functions wait for the first batch or states, to come or past, that fit. */
  function watch(options: Partial<WatchEtcdOptions> = {}, servers: Partial<EtcdServers> = {}) {
    const [batches, states] = [on(told, 'batch'), on(told, 'states')];
    source = watchEtcd(
      { servers: { endpoints: [etcd.endpoint], tls: {}, ...servers }, prefix: '/lifeboat/', writesStatuses: false },
      {
        shrinkGraceMs: 0,
        emptyGraceMs: 0,
        limits: DEFAULT_READ_LIMITS,
        patienceMs: 100,
        onBatch: (batch) => told.emit('batch', batch),
        onStates: (current) => told.emit('states', current[0]),
        onError: (error) => assert.fail(error),
        ...options,
      },
    );
    return {
      batch: async (): Promise<ResourceBatch> => ((await batches.next()).value as [ResourceBatch])[0],
      state: async (fits: (state: PathState) => boolean): Promise<PathState> => {
        for (;;) {
          const [state] = (await states.next()).value as [PathState];
          if (fits(state)) return state;
        }
      },
    };
  }

  it('are read in pages of one revision, then as they change', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) etcd.put(key(name), mesh(name));
    const { batch } = watch({ pageSize: 2 });
    assert.deepEqual(namesOf(await batch()), ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(
      etcd.ranges.map(({ revision }) => revision),
      [0, 6, 6],
    );
    etcd.put(key('f'), mesh('f'));
    assert.deepEqual(namesOf(await batch()), ['f']);
    etcd.delete(key('a'));
    assert.deepEqual(namesOf(await batch()), ['-a']);
  });

  it('hurt only themselves when they are broken, and stay in force as they were', async () => {
    etcd.put(key('a'), mesh('a'));
    const { batch } = watch();
    await batch();
    etcd.put(key('a'), 'kind: [');
    const broken = await batch();
    assert.deepEqual(namesOf(broken), []);
    assert.deepEqual(
      broken.findings.map(({ file, severity }) => [file, severity]),
      [
        ['etcd/lifeboat/Mesh/a/a', 'error'],
        ['etcd/lifeboat/Mesh/a/a', 'warning'],
      ],
    );
    etcd.put(key('b'), `${mesh('b')}---\n${mesh('c')}`);
    assert.deepEqual(namesOf(await batch()), ['b', 'c']);
  });

  it('are limited in size as files are', async () => {
    etcd.put(key('a'), mesh('a'));
    const { batch } = watch({ limits: { ...DEFAULT_READ_LIMITS, fileBytes: 10 } });
    const { findings } = await batch();
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['FileTooLarge'],
    );
  });

  it('are followed from where the watch ended', async () => {
    etcd.put(key('a'), mesh('a'));
    const { batch } = watch();
    await batch();
    while (etcd.watches.size === 0) await new Promise((resolve) => setImmediate(resolve));
    etcd.breakWatches();
    etcd.put(key('b'), mesh('b'));
    assert.deepEqual(namesOf(await batch()), ['b']);
    assert.equal(etcd.ranges.length, 1);
  });

  it('are listed again when etcd has compacted what was missed: nothing is lost', async () => {
    etcd.put(key('a'), mesh('a'));
    const { batch } = watch();
    await batch();
    while (etcd.watches.size === 0) await new Promise((resolve) => setImmediate(resolve));
    etcd.breakWatches();
    etcd.delete(key('a'));
    etcd.put(key('b'), mesh('b'));
    etcd.compact();
    assert.deepEqual(namesOf(await batch()), ['-a', 'b']);
    assert.equal(etcd.ranges.length, 2);
  });

  it('are listed again when the store is of an earlier time', async () => {
    etcd.put(key('a'), mesh('a'));
    const { batch } = watch();
    await batch();
    etcd.put(key('b'), mesh('b'));
    await batch();
    etcd.breakWatches();
    etcd.goBackTo(2);
    assert.deepEqual(namesOf(await batch()), ['-b']);
  });

  it('stay in force while etcd is silent, which the state says', async () => {
    etcd.put(key('a'), mesh('a'));
    const { batch, state } = watch();
    await batch();
    etcd.isSilent = true;
    const { problem, resources } = await state((one) => one.problem !== undefined && one.resources > 0);
    assert.match(
      problem ?? '',
      /^etcd cannot be followed under \/lifeboat\/ \(.*no answer.*\)\. What was read last stays/,
    );
    assert.equal(resources, 1);
    etcd.put(key('b'), mesh('b'));
    etcd.isSilent = false;
    assert.deepEqual(namesOf(await batch()), ['b']);
    await state((one) => one.problem === undefined);
  });

  it('are not complete before they were read', async () => {
    etcd.isSilent = true;
    const { state } = watch();
    assert.match(
      (await state(({ errors }) => errors > 0)).problem ?? '',
      /^The documents in etcd under \/lifeboat\/ were not read completely yet \(http:.*: no answer in time\)\.$/,
    );
  });

  it('are not believed to be gone because a list has nothing', async () => {
    for (const name of ['a', 'b']) etcd.put(key(name), mesh(name));
    const { batch, state } = watch({ emptyGraceMs: 60_000 });
    await batch();
    while (etcd.watches.size === 0) await new Promise((resolve) => setImmediate(resolve));
    etcd.breakWatches();
    etcd.goBackTo(1);
    const { problem, resources } = await state((one) => one.problem?.includes('not believed') === true);
    assert.match(problem ?? '', /only 0 of 2 objects/);
    assert.equal(resources, 2);
  });

  it('are asked for at the next endpoint when one cannot be reached', async () => {
    etcd.put(key('a'), mesh('a'));
    const dead = await new FakeEtcd().start();
    const { endpoint } = dead;
    dead.stop();
    const { batch } = watch({}, { endpoints: [endpoint, etcd.endpoint, endpoint] });
    assert.deepEqual(namesOf(await batch()), ['a']);
  });

  it('are read with a token, which is renewed when it is not valid any more', () =>
    withFiles({}, async (directory) => {
      const passwordFile = join(directory, 'password');
      writeFileSync(passwordFile, 'secret\n');
      etcd.token = 'first';
      etcd.put(key('a'), mesh('a'));
      const { batch } = watch({}, { user: { name: 'lifeboat', passwordFile } });
      await batch();
      while (etcd.watches.size === 0) await new Promise((resolve) => setImmediate(resolve));
      etcd.token = 'second';
      etcd.compact();
      etcd.put(key('b'), mesh('b'));
      await batch();
      etcd.breakWatches();
      etcd.compact();
      etcd.put(key('c'), mesh('c'));
      assert.deepEqual(namesOf(await batch()), ['c']);
      assert.ok(etcd.passwords.length >= 2, etcd.passwords.join());
    }));
});
