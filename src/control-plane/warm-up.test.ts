import assert from 'node:assert/strict';
import { toRaw } from '../testing/arbitrary-documents.js';
import { destination, failoverService, putResources, trafficPolicy } from '../testing/world.js';
import { createControlPlane } from './control-plane.js';
import { createCore } from './inputs/core.js';
import { warmUp } from './warm-up.js';

describe('warming up', () => {
  it('encodes both kinds of clusters and their endpoints, up to a limit, and keeps none', () => {
    const core = createCore();
    const names = Array.from({ length: 300 }, (_, index) => `service-${String(index)}`);
    putResources(core.graph, core.model.inputs, [
      ...names.map((name) => destination(name, 'east')),
      ...names.map((name) => failoverService(name, [`${name}@east`])),
      trafficPolicy(
        'outliers',
        names.map((name) => `${name}@east`),
        { outlierDetection: {} },
      ),
    ]);
    const before = core.graph.size();
    warmUp(core.graph, core.model, core.envoy);
    const computed = core.graph.computed();
    assert.equal(computed.get('encodedClusters'), 500);
    assert.equal(computed.get('loadAssignments'), 500);
    assert.equal(computed.get('encodedTiers'), 500);
    assert.deepEqual(core.graph.size(), before);
  });
});

describe('the first load', () => {
  it('is reported once, after it was applied and before an Envoy is served', () => {
    const seen: unknown[] = [];
    const plane = createControlPlane({
      onFirstLoad: () => seen.push([plane.ready(), plane.findings().map(({ name }) => name)]),
    });
    for (const host of ['a.global', 'b.global'])
      plane.apply({ upserts: [service(host)], deletes: [], findings: [], newFindings: [] });
    assert.deepEqual(seen, [[false, ['a.global']]]);
    assert.equal(plane.ready(), true);
  });
});

function service(hostname: string) {
  const backing = { kubeService: { name: 's', namespace: 'app', clusterName: 'east' } };
  const spec = { hostname, port: { number: 80, protocol: 'http' }, backingServices: [backing] };
  return toRaw(
    {
      apiVersion: 'networking.mesh.gloo.solo.io/v1alpha2',
      kind: 'FailoverService',
      metadata: { name: hostname },
      spec,
    },
    1,
  );
}
