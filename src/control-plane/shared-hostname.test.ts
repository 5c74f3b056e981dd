import assert from 'node:assert/strict';
import { runToEnd } from '../turns/run-to-end.js';
import { destination, failoverService, mesh, NAMESPACE, putResources, trafficPolicy } from '../testing/world.js';
import { createCore } from './inputs/core.js';
import { explainFor } from './explain/explain.js';
import { snapshotFor } from './snapshots/snapshot.js';

describe('a hostname that two meshes have for different services', () => {
  it("leads to the endpoints of the client's own mesh", () => {
    const core = createCore();
    putResources(core.graph, core.model.inputs, [
      mesh('east', 'east'),
      mesh('west', 'west'),
      destination('api', 'east', { mesh: 'east', endpoints: ['10.0.0.1'] }),
      destination('api', 'west', { mesh: 'west', endpoints: ['10.1.0.1'] }),
      trafficPolicy('outliers', ['api@east', 'api@west'], { outlierDetection: {} }),
      failoverService('one', ['api@east'], {
        hostname: 'api.global',
        meshes: [{ name: 'east', namespace: NAMESPACE }],
      }),
      failoverService('two', ['api@west'], {
        hostname: 'api.global',
        meshes: [{ name: 'west', namespace: NAMESPACE }],
      }),
    ]);
    for (const [cluster, own, other] of [
      ['east', '10.0.0.1', '10.1.0.1'],
      ['west', '10.1.0.1', '10.0.0.1'],
    ] as const) {
      const { endpoints, routes } = runToEnd(
        snapshotFor(core.graph, core.model, core.envoy, { nodeId: 'client', cluster }),
      );
      assert.ok(JSON.stringify(endpoints).includes(own) && !JSON.stringify(endpoints).includes(other), cluster);
      const explained = explainFor(core.graph, core.model, { hostname: 'api.global', region: 'r', cluster });
      assert.ok(JSON.stringify(explained).includes(own), JSON.stringify(explained));
      assert.ok(JSON.stringify(routes).includes('"api.global"'), cluster);
    }
  });
});
