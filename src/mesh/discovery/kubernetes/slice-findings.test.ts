import assert from 'node:assert/strict';
import type { Resource } from '../../../api/resource.js';
import type { EndpointSlice } from '../../../generated/resources.js';
import { endpointSlice, kubeService } from '../../../testing/kubernetes.js';
import { createWorld } from '../../../testing/world.js';
import { endpointSliceKey } from '../../model/kube-key.js';

const service = kubeService('cart', 'east');

describe('an EndpointSlice', () => {
  const warnings = (slice: Resource<EndpointSlice>): readonly string[] => {
    const { graph, model } = createWorld(slice, service);
    return (graph.read(model.destinations.discovery.sliceFindings, endpointSliceKey(slice.ref)) ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
  };

  it('should name its service', () => {
    assert.deepEqual(warnings({ ...endpointSlice('cart-1', 'east', []), labels: {} }), [
      'metadata.labels: The label kubernetes.io/service-name is missing, so the endpoints belong to no service. Add it.',
    ]);
    assert.deepEqual(warnings(endpointSlice('cart-1', 'east', ['10.0.0.1', '::1'])), []);
  });

  it('should have addresses of its type', () => {
    assert.deepEqual(warnings(endpointSlice('cart-1', 'east', ['10.0.0.1', 'cart'])), [
      'endpoints.1.addresses.0: Invalid address "cart": must be an IP address. The endpoint is ignored.',
    ]);
    assert.equal(warnings(endpointSlice('cart-1', 'east', ['fe80::1%eth0'])).length, 1);
    assert.deepEqual(warnings(endpointSlice('cart-1', 'east', ['cart', 'a b'], { addressType: 'FQDN' })), [
      'endpoints.1.addresses.0: Invalid address "a b": must be a DNS name. The endpoint is ignored.',
    ]);
  });
});
