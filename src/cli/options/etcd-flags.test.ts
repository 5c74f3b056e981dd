import assert from 'node:assert/strict';
import { join } from 'node:path';
import { withFiles } from '../../testing/run-command.js';
import { CliError } from '../output/cli-error.js';
import { type EtcdFlags, watchedEtcdOf } from './etcd-flags.js';

const DEFAULTS = { etcdPrefix: '/lifeboat/' };

describe('the flags about etcd', () => {
  it('name endpoints, as a list or with commas, and the prefix with a slash at its end', async () => {
    const etcd = ['10.0.0.1:2379,http://10.0.0.2:80', 'http://10.0.0.1:2379'];
    assert.deepEqual(await watchedEtcdOf({ etcd, etcdPrefix: '/shop' }), {
      servers: { endpoints: ['http://10.0.0.1:2379', 'http://10.0.0.2:80'], tls: {} },
      prefix: '/shop/',
      writesStatuses: true,
    });
  });

  it('are absent without --etcd, and refused if they are for it', async () => {
    assert.equal(await watchedEtcdOf(DEFAULTS), undefined);
    await assert.rejects(
      watchedEtcdOf({ ...DEFAULTS, etcdStatuses: 'off' }),
      /--etcd-statuses: has an effect only with/,
    );
  });

  it('make endpoints https that do not say it, if there are files for TLS', () =>
    withFiles({ 'ca.pem': 'x', password: 'secret\n' }, async (directory) => {
      const etcdCa = join(directory, 'ca.pem');
      const login = { etcdUser: 'u', etcdPasswordFile: join(directory, 'password') };
      const found = await watchedEtcdOf({ ...DEFAULTS, ...login, etcd: ['etcd.example.org:2379'], etcdCa });
      assert.deepEqual(found?.servers, {
        endpoints: ['https://etcd.example.org:2379'],
        tls: { ca: etcdCa },
        user: { name: 'u', passwordFile: login.etcdPasswordFile },
      });
    }));

  it('do not send a password in plain text beyond loopback without --insecure', () =>
    withFiles({ password: 'secret\n' }, async (directory) => {
      const login = { ...DEFAULTS, etcdUser: 'u', etcdPasswordFile: join(directory, 'password') };
      for (const etcd of ['127.0.0.1:2379', 'localhost:2379', '[::1]:2379'])
        await watchedEtcdOf({ ...login, etcd: [etcd] });
      await assert.rejects(watchedEtcdOf({ ...login, etcd: ['10.0.0.1:2379'] }), /plain text beyond loopback/);
      await watchedEtcdOf({ ...login, etcd: ['10.0.0.1:2379'], insecure: true });
    }));

  const wrong: readonly (readonly [Partial<EtcdFlags>, RegExp])[] = [
    [{ etcdCa: 'a' }, /--etcd-ca: has an effect only with --etcd/],
    [{ etcdPrefix: '/a/' }, /--etcd-prefix: has an effect only with --etcd/],
    [{ etcd: ['10.0.0.1'] }, /--etcd 10\.0\.0\.1: must be HOST:PORT/],
    [{ etcd: ['ftp://a:1'] }, /--etcd ftp:\/\/a:1: must be/],
    [{ etcd: ['http://a:1/path'] }, /must be HOST:PORT/],
    [{ etcd: ['a:1'], etcdPrefix: '/' }, /--etcd-prefix \/: must be a part of the keys/],
    [{ etcd: ['a:1'], etcdCert: 'c' }, /Give --etcd-cert and --etcd-key together/],
    [{ etcd: ['a:1'], etcdUser: 'u' }, /Give --etcd-user and --etcd-password-file together/],
    [{ etcd: ['a:1'], etcdCa: '/nowhere/ca.pem' }, /--etcd-ca \/nowhere\/ca\.pem: cannot be read \(no such file\)/],
    [{ etcd: ['http://a:1'], etcdCa: '/dev/null' }, /--etcd http:\/\/a:1: is plain text, but there are files for TLS/],
  ];
  for (const [flags, message] of wrong) {
    it(`are refused: ${message.source}`, async () => {
      await assert.rejects(
        watchedEtcdOf({ ...DEFAULTS, ...flags }),
        (error) => error instanceof CliError && message.test(error.message),
      );
    });
  }
});
