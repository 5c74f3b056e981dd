import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeEtcd } from '../../testing/etcd/fake-etcd.js';
import { withFiles } from '../../testing/run-command.js';
import { listPrefix } from './client.js';
import { EtcdConnection } from './connection.js';
import { isUnreachable } from './etcd-error.js';

describe('a connection to etcd', () => {
  let etcd: FakeEtcd;

  beforeEach(async () => {
    etcd = await new FakeEtcd().start();
  });

  afterEach(() => etcd.stop());

  it('logs in again when its token has expired, and reads the password again', () =>
    withFiles({ password: 'secret\n' }, async (directory) => {
      const user = { name: 'lifeboat', passwordFile: join(directory, 'password') };
      const connection = new EtcdConnection({ endpoints: [etcd.endpoint], tls: {}, user });
      etcd.token = 'first';
      await listPrefix(connection, 'a/');
      await listPrefix(connection, 'a/');
      assert.deepEqual(etcd.passwords, ['secret']);
      etcd.token = 'second';
      writeFileSync(user.passwordFile, 'changed\r\n');
      await listPrefix(connection, 'a/');
      assert.deepEqual(etcd.passwords, ['secret', 'changed']);
      await connection.abandon();
    }));

  it('says which endpoint does not answer', async () => {
    etcd.isSilent = true;
    const connection = new EtcdConnection({ endpoints: [etcd.endpoint], tls: {} }, { patienceMs: 50 });
    await assert.rejects(
      listPrefix(connection, 'a/'),
      (error: Error) => isUnreachable(error) && error.message === `${etcd.endpoint}: no answer in time`,
    );
    await connection.abandon();
  });
});
