/** `lifeboat inject`: its flags, files and exit codes. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parse } from 'yaml';
import { fakeControlPlane } from '../testing/fake-control-plane.js';
import { type CommandResult, type RunOptions, runCommand, withFiles } from '../testing/run-command.js';

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: app, image: i}\n';
const XDS = ['--xds-address', 'lifeboat.lifeboat:18000'];
const HOSTNAME = ['--hostname', 'reviews.global'];

function inject(argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  return runCommand(['inject', '-f', '-', ...argv], { stdin: POD, ...options });
}

describe('lifeboat inject', () => {
  it('prints the manifest of the standard input with the sidecar and the aliases', async () => {
    const { code, err, out } = await inject([...XDS, ...HOSTNAME, '--cluster', 'east', '--listen-port-offset', '100']);
    assert.deepEqual([code, err], [0, '']);
    const { spec } = parse(out) as {
      spec: { hostAliases: unknown; initContainers: readonly { image: string; args: readonly string[] }[] };
    };
    assert.deepEqual(spec.hostAliases, [{ ip: '127.0.0.1', hostnames: ['reviews.global'] }]);
    assert.match(spec.initContainers[0]?.image ?? '', /^envoyproxy\/envoy:distroless-v/);
    const { node } = parse(spec.initContainers[0]?.args[1] ?? '') as { node: { metadata: object } };
    assert.deepEqual(node.metadata, { CLUSTER_ID: 'east', LISTEN_PORT_OFFSET: 100, NAMESPACE: '$(POD_NAMESPACE)' });
  });

  it('takes the hostnames of files, and tells of those that cannot be aliases', async () => {
    const load = async () => fakeControlPlane({ hostnames: ['a.global', '*.global'] });
    await withFiles({ 'c.yaml': '' }, async (directory) => {
      const { code, err, out } = await inject([...XDS, '--config', directory], { ports: { load } });
      assert.equal(code, 0);
      assert.match(err, /^warning: The failover hostname \*\.global gets no host alias/);
      assert.match(out, /- a\.global\n/);
    });
  });

  it('prints several files as one stream', async () => {
    await withFiles({ 'a.yaml': 'a: 1', 'b.yaml': POD }, async (directory) => {
      const files = ['a.yaml', 'b.yaml'].flatMap((file) => ['-f', join(directory, file)]);
      const { code, out } = await runCommand(['inject', ...files, ...XDS, ...HOSTNAME]);
      assert.equal(code, 0);
      assert.ok(out.startsWith('a: 1\n---\napiVersion: v1\nkind: Pod\n'), out);
    });
  });

  it('prints nothing if there is an error in one of the files, and exits with 1', async () => {
    await withFiles({ 'a.yaml': POD, 'b.yaml': 'a: [' }, async (directory) => {
      const files = ['a.yaml', 'b.yaml'].flatMap((file) => ['-f', join(directory, file)]);
      const { code, err, out } = await runCommand(['inject', ...files, ...XDS, ...HOSTNAME]);
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, /b\.yaml:1:\d+ error - /);
    });
  });

  it('says that there was no Pod', async () => {
    const { code, err, out } = await inject([...XDS, ...HOSTNAME], { stdin: 'a:   1\n' });
    assert.deepEqual([code, err, out], [0, 'warning: No Pod was injected.\n', 'a:   1\n']);
  });

  const wrong = [
    ['no address of the control plane', HOSTNAME, /--xds-address is missing/],
    ['a hostname with a port', [...XDS, '--hostname', 'a:1'], /--hostname a:1: must be a DNS name/],
    ['hostnames with interception', [...XDS, ...HOSTNAME, '--interception', 'redirect'], /--hostname cannot be used/],
    ['a server name without TLS', [...XDS, ...HOSTNAME, '--tls-server-name', 'a'], /needs --tls-secret/],
    ['a wrong port', [...XDS, ...HOSTNAME, '--ready-port', '0'], /between 1 and 65535/],
    ['the same port twice', [...XDS, ...HOSTNAME, '--ready-port', '9901'], /different ports/],
    ['a wrong quantity', [...XDS, ...HOSTNAME, '--envoy-cpu', 'much'], /--envoy-cpu much/],
    [
      'a file that does not exist',
      [...XDS, ...HOSTNAME, '-f', '/nonexistent'],
      /-f \/nonexistent: there is no such file/,
    ],
  ] as const;
  for (const [what, argv, expected] of wrong)
    it(`is used wrongly with ${what}`, async () => {
      const { code, err, out } = await inject(argv);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, expected);
    });
});
