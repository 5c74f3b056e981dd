/** Names of the new form: the order of context parameters does not matter, and `/*` names a collection. */
import assert from 'node:assert/strict';
import { MODES, overAllServices, resource } from '../../testing/xds/server.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';
import { canonicalXdsName, globOf } from '../protocol/xdstp-name.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const BASE = 'xdstp://lifeboat/envoy.config.endpoint.v3.ClusterLoadAssignment';

overAllServices('xdstp names', (start) => {
  for (const [name, canonical] of [
    ['plain?b=1&a=2', 'plain?b=1&a=2'],
    ['xdstp://a/t/x', 'xdstp://a/t/x'],
    ['xdstp://a/t/x?b=1&a=2', 'xdstp://a/t/x?a=2&b=1'],
    ['xdstp://a/t/x?ab=1&a=2', 'xdstp://a/t/x?a=2&ab=1'],
    ['xdstp://a/t/x?b=1&a=2#entry=y', 'xdstp://a/t/x?a=2&b=1#entry=y'],
    ['xdstp:///t/x?', 'xdstp:///t/x'],
  ] as const)
    it(`rule 87: ${name} has the canonical form ${canonical}`, () => assert.equal(canonicalXdsName(name), canonical));

  it('rule 87: a collection has the path up to the last slash, and the context parameters', () => {
    assert.equal(globOf('xdstp://a/t/x/y?b=1&a=2/3'), 'xdstp://a/t/x/*?a=2/3&b=1');
    assert.equal(globOf('xdstp://a/t/x'), 'xdstp://a/t/*');
  });

  for (const mode of MODES) {
    for (const typeUrl of [EDS, CLUSTER]) {
      it(`rule 87: a name is found in any order of its context parameters, and answered unchanged (${mode}, ${typeUrl})`, async () => {
        const name = `${BASE}/a?zone=1&env=x`;
        const xds = await start({ resources: [resource(typeUrl, name), resource(typeUrl, `${BASE}/a?zone=2&env=x`)] });
        const client = xds.connect(mode);
        const wanted = `${BASE}/a?env=x&zone=1`;
        client.subscribe(typeUrl, [wanted, `${BASE}/a?zone=1&env=x`]);
        assert.deepEqual((await client.accept(typeUrl)).names, [name]);
        xds.put(resource(typeUrl, name, '2'), resource(typeUrl, `${BASE}/a?zone=2&env=x`, '2'));
        assert.deepEqual((await client.accept(typeUrl)).names, [name]);
        await client.expectSilence();
        assert.equal(xds.server.stats().wantedNames, 1);
        if (mode === 'sotw') client.subscribe(typeUrl, []);
        else client.unsubscribe(typeUrl, [`${BASE}/a?zone=1&env=x`]);
        await client.settle();
        xds.put(resource(typeUrl, name, '3'));
        await client.expectSilence();
      });
    }

    it(`rule 87: a collection contains all of its resources, also later ones (${mode})`, async () => {
      const xds = await start({
        resources: ['x/a?k=1&j=2', 'x/b?j=2&k=1', 'x/c', 'x/y/d?j=2&k=1', 'e?j=2&k=1'].map((path) =>
          resource(EDS, `${BASE}/${path}`),
        ),
      });
      const client = xds.connect(mode);
      client.subscribe(EDS, [`${BASE}/x/*?k=1&j=2`]);
      assert.deepEqual((await client.accept(EDS)).names, [`${BASE}/x/a?k=1&j=2`, `${BASE}/x/b?j=2&k=1`]);
      xds.put(resource(EDS, `${BASE}/x/f?j=2&k=1`), resource(EDS, `${BASE}/x/c`, '2'));
      assert.deepEqual((await client.accept(EDS)).names, [`${BASE}/x/f?j=2&k=1`]);
      xds.remove(EDS, `${BASE}/x/b?j=2&k=1`, `${BASE}/x/c`);
      if (mode === 'delta') assert.deepEqual((await client.accept(EDS)).removed, [`${BASE}/x/b?j=2&k=1`]);
      await client.expectSilence();
    });

    it(`rule 87: a collection of clusters shrinks until it is empty (${mode})`, async () => {
      const [a, b] = [resource(CLUSTER, `${BASE}/x/a`), resource(CLUSTER, `${BASE}/x/b`)];
      const xds = await start({ resources: [a, b] });
      const client = xds.connect(mode);
      client.subscribe(CLUSTER, [`${BASE}/x/*`]);
      const [first] = [await client.accept(CLUSTER)];
      assert.deepEqual(first.names, [a.name, b.name]);
      xds.remove(CLUSTER, a.name);
      const second = await client.accept(CLUSTER);
      assert.deepEqual([second.names, second.removed], mode === 'sotw' ? [[b.name], []] : [[], [a.name]]);
      assert.notEqual(second.version, first.version);
      xds.put(a);
      const third = await client.accept(CLUSTER);
      if (mode === 'sotw') assert.equal(third.version, first.version);
      xds.remove(CLUSTER, a.name, b.name);
      const last = await client.accept(CLUSTER);
      assert.deepEqual([last.names, last.removed], mode === 'sotw' ? [[], []] : [[], [a.name, b.name]]);
    });
  }

  it('rule 87: a collection without resources, and a name without one, are reported as removed', async () => {
    const xds = await start();
    const client = xds.connect('delta');
    client.subscribe(EDS, [`${BASE}/x/*`, `${BASE}/y?b=1&a=1`]);
    assert.deepEqual((await client.accept(EDS)).removed, [`${BASE}/x/*`, `${BASE}/y?a=1&b=1`]);
  });

  it('rule 87: a client that reconnects may list its resources in any order', async () => {
    const name = `${BASE}/a?zone=1&env=x`;
    const item = resource(CLUSTER, name);
    const xds = await start({ resources: [item] });
    const client = xds.connect('delta');
    const gone = `${BASE}/gone`;
    client.subscribe(CLUSTER, [], {
      initialResourceVersions: { [`${BASE}/a?env=x&zone=1`]: item.version, [gone]: '1' },
    });
    const { names, removed } = await client.accept(CLUSTER);
    assert.deepEqual([names, removed], [[], [gone]]);
    await client.expectSilence();
  });
});
