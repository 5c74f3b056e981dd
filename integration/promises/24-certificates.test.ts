/**
 * Promise 24: certificates that are replaced on disk are used from the next handshake on, without a restart. Open streams continue. While the
 * files are invalid, the previous ones are used.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type Certificate, selfSigned } from '../../src/testing/certificate.js';
import type { ControlPlane } from '../support/processes/control-plane.js';
import { eventually } from '../support/processes/eventually.js';
import type { EnvoyAdmin } from '../support/envoys/envoy-admin.js';
import { startTlsEnvoy } from '../support/envoys/proving-envoy.js';
import { type Story, withStory } from '../support/story.js';

const NODE = 'sidecar~productpage';

/** A directory like that of a Secret in a pod: the files are behind the symlink `data`, which is replaced. */
class MountedSecret {
  readonly directory: string;
  #revisions = 0;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(story: Story, pair: Certificate): Promise<MountedSecret> {
    const secret = new MountedSecret(await mkdtemp(join(tmpdir(), 'lifeboat-secret-')));
    story.atEnd(() => rm(secret.directory, { recursive: true }));
    await secret.replace(pair);
    return secret;
  }

  async replace({ cert, key }: Certificate): Promise<void> {
    this.#revisions += 1;
    const revision = `revision-${String(this.#revisions)}`;
    await mkdir(join(this.directory, revision));
    await writeFile(join(this.directory, revision, 'tls.crt'), cert);
    await writeFile(join(this.directory, revision, 'tls.key'), key);
    await symlink(revision, join(this.directory, 'next'));
    await rename(join(this.directory, 'next'), join(this.directory, 'data'));
  }

  get flags(): readonly string[] {
    return ['cert', 'key'].map(
      (name) => `--tls-${name}=${join(this.directory, 'data', `tls.${name === 'cert' ? 'crt' : 'key'}`)}`,
    );
  }
}

/** The server certificate of a new connection, as base64. */
async function shownBy({ xds }: ControlPlane): Promise<string> {
  const socket = connect({ host: xds.address, port: xds.port, ALPNProtocols: ['h2'], rejectUnauthorized: false });
  try {
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    return socket.getPeerCertificate().raw.toString('base64');
  } finally {
    socket.destroy();
  }
}

function base64Of({ cert }: Certificate): string {
  return cert.replaceAll(/-----[^-]+-----|\n/g, '');
}

async function connections(envoy: EnvoyAdmin): Promise<number | undefined> {
  const stats = await envoy.stats(/^cluster\.xds_cluster\.upstream_cx_total$/);
  return stats.get('cluster.xds_cluster.upstream_cx_total');
}

describe('promise 24: certificates that are replaced on disk', () => {
  it(
    'are used from the next handshake on, and existing streams continue',
    withStory(async (story) => {
      const [first, second, third] = [selfSigned('first'), selfSigned('second'), selfSigned('third')];
      const secret = await MountedSecret.create(story, first);
      const plane = await story.controlPlane({ 'empty.yaml': [] }, { flags: [...secret.flags, '--allow-empty'] });
      const envoy = await startTlsEnvoy(story, plane, { nodeId: NODE, authorities: first.cert + second.cert });
      await plane.synced(NODE);
      assert.equal(await shownBy(plane), base64Of(first));

      await secret.replace(second);
      await plane.logs(/new TLS files are in use/);
      assert.equal(await shownBy(plane), base64Of(second));

      await secret.replace({ cert: third.cert, key: first.key });
      await plane.logs(/the TLS files changed and cannot be used/);
      assert.equal(await shownBy(plane), base64Of(second));
      const errors = await plane.metric('lifeboat_tls_reload_errors_total');
      assert.deepEqual(Object.values(errors), [1]);

      assert.equal(await connections(envoy), 1, 'the connection from before is the only one');
      assert.equal((await plane.proxies()).length, 1);
    }),
  );

  it(
    'are used for a restarted Envoy',
    withStory(async (story) => {
      const [first, second] = [selfSigned('first'), selfSigned('second')];
      const secret = await MountedSecret.create(story, first);
      const plane = await story.controlPlane({ 'empty.yaml': [] }, { flags: [...secret.flags, '--allow-empty'] });
      await secret.replace(second);
      await plane.logs(/new TLS files are in use/);
      await startTlsEnvoy(story, plane, { nodeId: NODE, authorities: second.cert });
      await eventually(async () => (await plane.proxies()).length === 1, { what: 'the Envoy is connected' });
    }),
  );
});
