import assert from 'node:assert/strict';
import { FakeEtcd } from '../../testing/etcd/fake-etcd.js';
import { portionsOf } from './client.js';
import { EtcdConnection } from './connection.js';
import { KeptTexts } from './kept-texts.js';

describe('texts that one process keeps up to date', () => {
  let etcd: FakeEtcd;
  let connection: EtcdConnection;

  beforeEach(async () => {
    etcd = await new FakeEtcd().start();
    connection = new EtcdConnection({ endpoints: [etcd.endpoint], tls: {} }, { patienceMs: 100 });
    etcd.put('holder', 'a');
  });

  afterEach(async () => {
    await connection.abandon();
    etcd.stop();
  });

  function guard() {
    return { key: 'holder', createRevision: etcd.createdAt('holder') };
  }

  it('are written where they differ, and deleted where there are none any more', async () => {
    etcd.put('s/old', 'old');
    etcd.put('s/same', 'same');
    const texts = new KeptTexts(connection, 's/');
    assert.ok(await texts.replace(new Map(Object.entries({ 's/same': 'same', 's/new': 'new' })), guard()));
    assert.ok(await texts.replace(new Map(Object.entries({ 's/same': 'same', 's/new': 'newer' })), guard()));
    assert.ok(await texts.replace(new Map(Object.entries({ 's/same': 'same', 's/new': 'newer' })), guard()));
    assert.deepEqual(etcd.commits, [['s/new', 's/old'], ['s/new']]);
    assert.deepEqual(
      ['s/same', 's/new', 's/old'].map((key) => etcd.valueOf(key)),
      ['same', 'newer', undefined],
    );
  });

  it('are not written when somebody else holds the key, even if it looks the same', async () => {
    const before = guard();
    etcd.delete('holder');
    etcd.put('holder', 'a');
    const texts = new KeptTexts(connection, 's/');
    assert.equal(await texts.replace(new Map([['s/a', 'a']]), before), false);
    assert.equal(etcd.valueOf('s/a'), undefined);
    assert.ok(await texts.replace(new Map([['s/a', 'a']]), guard()));
  });

  it('are looked at again after an error, because it may have been applied', async () => {
    const texts = new KeptTexts(connection, 's/');
    await texts.replace(new Map([['s/a', 'a']]), guard());
    etcd.isSilent = true;
    await assert.rejects(texts.replace(new Map([['s/a', 'b']]), guard()), /no answer in time/);
    etcd.isSilent = false;
    etcd.put('s/a', 'b');
    etcd.put('s/b', 'b');
    await texts.replace(new Map([['s/a', 'b']]), guard());
    assert.deepEqual(etcd.commits, [['s/a'], ['s/b']]);
  });

  it('are written in portions that etcd takes', () => {
    const changes = (count: number, size: number) =>
      Array.from({ length: count }, (_, index) => ({ key: String(index), value: Buffer.alloc(size) }));
    const sizes = (count: number, size: number) => portionsOf(changes(count, size)).map(({ length }) => length);
    assert.deepEqual(sizes(0, 1), []);
    assert.deepEqual(sizes(250, 1), [100, 100, 50]);
    assert.deepEqual(sizes(3, 2 ** 19), [1, 1, 1]);
    assert.deepEqual(sizes(2, 2 ** 21), [1, 1]);
  });
});
