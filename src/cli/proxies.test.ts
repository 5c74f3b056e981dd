import assert from 'node:assert/strict';
import { parse } from 'yaml';
import type { Proxy } from '../control-plane/api.js';
import { fakeControlPlane } from '../testing/fake-control-plane.js';
import { runCommand, withAdmin } from '../testing/run-command.js';

const since = '2026-01-01T00:00:00Z';
const items: readonly Proxy[] = [
  {
    id: 'sidecar~a',
    locality: 'r1/z1',
    mesh: 'istiod.service-mesh-hub',
    types: {
      CDS: { version: 'f3a1', state: 'SYNCED', since },
      LDS: { version: 'b0c2', state: 'NACK', error: 'Error adding listener:\n bad address', since },
    },
  },
  { id: 'new', locality: '', mesh: '', types: {} },
];
const now = Date.parse(since) + 187_000;

describe('lifeboat proxies', () => {
  it('shows a row per type, with the reason of a NACK', async () => {
    await withAdmin(fakeControlPlane({ proxies: items }), async (url) => {
      const { code, out } = await runCommand(['proxies', '--server', url], { now });
      assert.equal(code, 0);
      assert.deepEqual(out.split('\n'), [
        'ID          LOCALITY   MESH                      TYPE   VERSION   STATE    SINCE   REASON',
        'sidecar~a   r1/z1      istiod.service-mesh-hub   CDS    f3a1      SYNCED   3m7s    -',
        'sidecar~a   r1/z1      istiod.service-mesh-hub   LDS    b0c2      NACK     3m7s    Error adding listener:  bad address',
        'new         -          -                         -      -         -        -       -',
        '',
      ]);
    });
  });

  it('prints what the server answered', async () => {
    await withAdmin(fakeControlPlane({ proxies: items }), async (url) => {
      assert.deepEqual(JSON.parse((await runCommand(['proxies', '-o', 'json', '--server', url])).out), { items });
      assert.deepEqual(parse((await runCommand(['proxies', '-o', 'yaml', '--server', url])).out), { items });
    });
  });

  it('says when there are none', async () => {
    await withAdmin(fakeControlPlane(), async (url) => {
      assert.deepEqual(await runCommand(['proxies', '--server', url]), {
        code: 0,
        out: '',
        err: 'No Envoys are connected.\n',
      });
    });
  });
});
