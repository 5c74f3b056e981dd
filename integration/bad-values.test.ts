/**
 * Values that Envoy would reject, in endpoints and ports of several services: an Envoy that starts gets everything else at once, and
 * one that runs goes on getting changes of the very services that have them.
 */
import assert from 'node:assert/strict';
import type { ResourceObject } from './support/processes/control-plane.js';
import { failoverFiles } from './support/services/failover-files.js';
import { APP_NAMESPACE, destination } from './support/services/resources.js';
import { withStory } from './support/story.js';

const BAD_ADDRESSES = ['300.1.1.1', '', 'not-an-ip', 'fe80::1%eth0', '10.0.0.0/8'];

describe('values that Envoy would reject', () => {
  it(
    'do not prevent a starting or running Envoy from getting all other resources',
    withStory(async (story) => {
      const [east, west] = [await story.site('east'), await story.site('west')];
      const { port } = story;
      const withBad = (addresses: readonly string[]): ResourceObject =>
        east.destination({ endpoints: [...addresses, ...BAD_ADDRESSES].map((address) => ({ address })) });
      const [first = '', second = ''] = east.backends.map(({ address }) => address);
      const plane = await story.controlPlane({
        ...failoverFiles([east, west], port),
        'east.yaml': [withBad([first])],
        'odd.yaml': [farPort(port), oddHosts(port)],
      });
      const sidecar = await story.sidecar(plane, { cluster: 'east' });
      const [one, two] = east.names;

      const overFailover = story.traffic(sidecar);
      await overFailover.settlesOn([one ?? '']);
      const direct = story.traffic(sidecar, { host: `reviews.${APP_NAMESPACE}:${String(port)}` });
      await direct.settlesOn([one ?? '']);

      await plane.write('east.yaml', withBad([second]));
      await overFailover.settlesOn([two ?? '']);
      await direct.settlesOn([two ?? '']);
      assert.deepEqual((await overFailover.stop()).failures, []);
      assert.deepEqual((await direct.stop()).failures, []);

      const status = await plane.reaches('Destination', 'reviews-bookinfo-east', 'INVALID');
      assert.equal(status.errors?.length, BAD_ADDRESSES.length);
      assert.match(status.errors[0] ?? '', /^Invalid address "300\.1\.1\.1".*east\.yaml:\d+:\d+\)$/);
    }),
  );
});

/** Ports that are none, of a service and of its endpoints. */
function farPort(port: number): ResourceObject {
  const good = destination({ cluster: 'west', service: 'details', port, endpoints: [{ address: '127.0.0.1' }] });
  const { kubeService, ...spec } = good.spec as { readonly kubeService: object };
  const ports = [
    { port: 70_000, name: 'http-far' },
    { port: 0, name: 'http-none' },
  ];
  return {
    ...good,
    spec: {
      ...spec,
      kubeService: { ...kubeService, ports, endpointSubsets: [{ ports, endpoints: [{ ipAddress: '127.0.0.1' }] }] },
    },
  };
}

/** Hosts that are none, and endpoints of all sorts, on the port of the others. */
function oddHosts(port: number): ResourceObject {
  return {
    apiVersion: 'discovery.smh.solo.io/v1alpha2',
    kind: 'Destination',
    metadata: { name: 'odd', namespace: 'service-mesh-hub' },
    spec: {
      externalService: {
        hosts: ['odd.example', 'odd.example:80', '*', 'a b', '*.odd.example'],
        addresses: ['192.0.2.1', '300.1.1.1'],
        ports: [{ number: port, name: 'http', protocol: 'HTTP' }],
        endpoints: [
          { address: '300.1.1.1' },
          { address: 'fe80::1%0' },
          { address: 'localhost' },
          { address: '127.0.0.1', ports: { http: 0 } },
          { address: '::1' },
        ],
      },
    },
  };
}
