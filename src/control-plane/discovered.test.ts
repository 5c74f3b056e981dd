/** Destinations that are discovered from Services are shown as the Destination resources that they stand for. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readCase } from '../testing/case.js';
import { TESTDATA } from '../testing/golden.js';
import type { ResourceWithStatus } from './api/api.js';
import { createControlPlane } from './control-plane.js';

describe('discovered destinations', () => {
  const controlPlane = createControlPlane();
  controlPlane.apply(readCase(join(TESTDATA, 'golden/kubernetes')).first);

  function destinations(query: object = {}): readonly ResourceWithStatus[] {
    return controlPlane.resources({ kind: 'dest', ...query });
  }

  it('are listed with the others in order, without duplicates', () => {
    const names = destinations().map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
    assert.ok(names.length > 0);
    assert.deepEqual(names, [...new Set(names)].sort());
    const all = controlPlane.resources().filter(({ kind }) => kind === 'Destination');
    assert.deepEqual(all, destinations());
  });

  it('contain their Service, its position and its status', () => {
    for (const { metadata, spec, status } of destinations()) {
      const annotations = metadata['annotations'] as Readonly<Record<string, string>> | undefined;
      const from = annotations?.['lifeboat.dev/discovered-from'];
      if (from === undefined) continue;
      const [kind = '', namespace, name] = from.split('/');
      const cluster = annotations?.['cluster.solo.io/cluster'];
      const services = controlPlane
        .resources({ kind, namespace: namespace ?? '', name: name ?? '' })
        .filter(
          (service) => (service.metadata['annotations'] as typeof annotations)?.['cluster.solo.io/cluster'] === cluster,
        );
      assert.equal(services.length, 1, from);
      assert.deepEqual(status, services[0]?.status);
      const { kubeService } = spec as {
        kubeService: { ref: { name: string }; ports: readonly object[]; endpointSubsets: readonly object[] };
      };
      assert.equal(kubeService.ref.name, name);
      assert.ok(kubeService.ports.length > 0 || kubeService.endpointSubsets.length === 0);
    }
  });

  it('are found by name and namespace', () => {
    const [{ metadata } = assert.fail()] = destinations();
    assert.deepEqual(
      destinations({ name: metadata.name, namespace: metadata.namespace }).map((found) => found.metadata),
      [metadata],
    );
    assert.deepEqual(destinations({ namespace: 'nowhere' }), []);
    assert.deepEqual(controlPlane.resources({ kind: 'Service', name: metadata.name }), []);
  });

  it('are left out of lists of written resources', () => {
    const written = controlPlane.resources({ kind: 'Destination', written: true });
    assert.ok(written.length < destinations().length);
    assert.doesNotMatch(JSON.stringify(written), /discovered-from/);
  });
});
