import assert from 'node:assert/strict';
import { parse, parseAllDocuments } from 'yaml';
import type { ControlPlaneApi, Proxy } from '../control-plane/api/api.js';
import { capturedTerminal } from '../testing/captured-terminal.js';
import { fakeControlPlane, proxy } from '../testing/fake-control-plane.js';
import { runCommand, withAdmin } from '../testing/run-command.js';

const SINCE = '2026-01-01T00:00:00Z';
const NOW = Date.parse(SINCE) + 187_000;
const rejecting = proxy({
  state: 'NACK',
  since: SINCE,
  types: {
    CDS: { version: 'f3a1', state: 'SYNCED', since: SINCE },
    LDS: { version: 'b0c2', state: 'NACK', error: 'Error adding listener:\n bad address', since: SINCE },
  },
});
const odd = proxy({
  ...{
    id: 'new',
    locality: '',
    mesh: '',
    cluster: '',
    userAgent: '',
    incremental: false,
    state: 'NOT SENT',
    types: {},
    since: SINCE,
  },
  findings: [{ severity: 'warning', code: 'NodeWithoutLocality', message: 'The node has no locality.' }],
});
const items: readonly Proxy[] = [rejecting, odd];

describe('lifeboat proxies', () => {
  const controlPlane = fakeControlPlane({ proxies: items });

  it('prints a row for each Envoy', async () => {
    await withAdmin(controlPlane, async (url) => {
      const { code, out } = await runCommand(['proxies', '--server', url], { now: NOW });
      assert.equal(code, 0);
      assert.deepEqual(out.split('\n'), [
        'ID          LOCALITY   MESH                      STATE       SINCE   FINDINGS',
        'sidecar~a   r1/z1      istiod.service-mesh-hub   NACK(LDS)   3m7s    -',
        'new         -          -                         NOT SENT    3m7s    NodeWithoutLocality',
        '',
      ]);
    });
  });

  it('prints more columns with -o wide, each with its own name', async () => {
    await withAdmin(controlPlane, async (url) => {
      const { out } = await runCommand(['proxies', '-o', 'wide', '--server', url], { now: NOW });
      const [heads = '', row = ''] = out.split('\n');
      const names = heads.split(/ {3,}/);
      assert.equal(new Set(names).size, names.length);
      assert.match(row, /NACK\(LDS\) .* mgmt {3,}127\.0\.0\.1:40000 {3,}envoy 1\.40\.0 {3,}incremental {3,}3m7s$/);
    });
  });

  it('prints all details of one proxy', async () => {
    await withAdmin(controlPlane, async (url) => {
      const { out } = await runCommand(['proxies', 'sidecar~a', '--server', url], { now: NOW });
      assert.deepEqual(out.split('\n'), [
        'ID:          sidecar~a',
        'Locality:    r1/z1',
        'Cluster:     mgmt',
        'Mesh:        istiod.service-mesh-hub',
        'Address:     127.0.0.1:40000',
        'User agent:  envoy 1.40.0',
        'Protocol:    incremental',
        'Connected:   3m7s',
        'State:       NACK',
        '',
        'TYPE   VERSION   STATE    SINCE   REASON',
        'CDS    f3a1      SYNCED   3m7s    -',
        'LDS    b0c2      NACK     3m7s    Error adding listener:  bad address',
        '',
      ]);
      const other = await runCommand(['proxies', 'new', '--server', url], { now: NOW });
      assert.match(
        other.out,
        /\nState: {7}NOT SENT\nFindings:\n {2}warning NodeWithoutLocality The node has no locality\.\n$/,
      );
    });
  });

  it('suggests a connected proxy with a similar id', async () => {
    await withAdmin(controlPlane, async (url) => {
      const err = 'error: No proxy with the id "sidecar~b" is connected. Did you mean "sidecar~a"?\n';
      assert.deepEqual(await runCommand(['proxies', 'sidecar~b', '--server', url]), { code: 1, out: '', err });
    });
  });

  it('prints the response of the server', async () => {
    await withAdmin(controlPlane, async (url) => {
      assert.deepEqual(JSON.parse((await runCommand(['proxies', '-o', 'json', '--server', url])).out), { items });
      assert.deepEqual(parse((await runCommand(['proxies', '-o', 'yaml', '--server', url])).out), { items });
      assert.deepEqual(JSON.parse((await runCommand(['proxies', 'new', '-o', 'json', '--server', url])).out), {
        items: [odd],
      });
    });
  });

  it('reports that there are none', async () => {
    await withAdmin(fakeControlPlane(), async (url) => {
      assert.deepEqual(await runCommand(['proxies', '--server', url]), {
        code: 0,
        out: '',
        err: 'No Envoys are connected.\n',
      });
    });
  });
});

describe('lifeboat proxies --watch', () => {
  /** A control plane that answers with one list after the other, and with the last one from then on. */
  function answering(
    ...answers: readonly (readonly Proxy[])[]
  ): ControlPlaneApi & { readonly exhausted: Promise<void> } {
    let asked = 0;
    let done = (): void => undefined;
    const exhausted = new Promise<void>((resolve) => (done = resolve));
    return {
      ...fakeControlPlane(),
      exhausted,
      proxies: () => {
        asked += 1;
        if (asked > answers.length) done();
        return answers[Math.min(asked, answers.length) - 1] ?? [];
      },
    };
  }

  async function watched(controlPlane: ReturnType<typeof answering>, ...argv: readonly string[]): Promise<string> {
    const terminal = capturedTerminal({ now: NOW });
    await withAdmin(controlPlane, async (url) => {
      const ended = runCommand(['proxies', '--watch', ...argv, '--server', url], { terminal });
      await controlPlane.exhausted;
      terminal.signal('SIGINT');
      assert.equal((await ended).code, 0);
    });
    return terminal.out();
  }

  it('prints changes only', async () => {
    const synced = proxy({ since: SINCE, connectedSince: SINCE });
    const out = await watched(answering([synced, odd], [synced, odd], [rejecting, odd], [rejecting]));
    assert.deepEqual(out.split('\n'), [
      'ID          LOCALITY   MESH                      STATE      SINCE   FINDINGS',
      'sidecar~a   r1/z1      istiod.service-mesh-hub   SYNCED     3m7s    -',
      'new         -          -                         NOT SENT   3m7s    NodeWithoutLocality',
      'sidecar~a   r1/z1      istiod.service-mesh-hub   NACK(LDS)   3m7s    -',
      'new         -          -                         DISCONNECTED   3m7s    NodeWithoutLocality',
      '',
    ]);
  }).timeout(20_000);

  it('streams documents', async () => {
    const out = await watched(answering([rejecting, odd], [rejecting]), '-o', 'yaml');
    const documents = parseAllDocuments(out).map((document) => document.toJS() as unknown);
    assert.deepEqual(documents, [rejecting, odd, { ...odd, state: 'DISCONNECTED' }]);
  }).timeout(20_000);
});
