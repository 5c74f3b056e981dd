/**
 * Promise 3: errors of DNS. Envoy resolves the names of external services: it keeps the hosts when DNS fails, and drops them when DNS answers
 * that there are none. Traffic then goes to the next tier.
 */
import assert from 'node:assert/strict';
import type { ResourceObject } from '../support/processes/control-plane.js';
import { eventually } from '../support/processes/eventually.js';
import { DnsServer } from '../support/services/dns-server.js';
import {
  APP_NAMESPACE,
  QUICK_OUTLIER_DETECTION,
  SYSTEM_NAMESPACE,
  virtualDestinationPolicy,
} from '../support/services/resources.js';
import { meshes } from '../support/services/service.js';
import type { Site } from '../support/services/site.js';
import { withStory } from '../support/story.js';

const HOST = 'shop.global';
const CLUSTERS = ['east', 'west'] as const;

describe('external services whose names DNS does not resolve', () => {
  it(
    'promise 3: keep their hosts when DNS fails, and fail over without a failed request when it answers that there are none',
    withStory(async (story) => {
      const sites = [await story.site('east'), await story.site('west')] as const;
      const [east, west] = sites;
      const dns = await DnsServer.start(
        story.address(),
        Object.fromEntries(sites.map((site) => [nameOf(site), site.backends.map(({ address }) => address)])),
      );
      story.atEnd(() => dns.stop());
      const plane = await story.controlPlane({
        'meshes.yaml': meshes(...CLUSTERS),
        'services.yaml': sites.map((site) => externalService(site, story.port)),
        'shop.yaml': [virtualDestination(story.port)],
        'policies.yaml': [
          virtualDestinationPolicy('shop', 'FailoverPolicy', {
            localityMappings: [{ from: { region: 'east' }, to: [{ region: 'west' }] }],
          }),
          virtualDestinationPolicy('shop', 'OutlierDetectionPolicy', QUICK_OUTLIER_DETECTION),
        ],
      });
      const sidecar = await story.sidecar(plane, { cluster: 'east', dnsResolver: dns.socket });
      const traffic = story.traffic(sidecar, { host: `${HOST}:${story.port}` });
      await traffic.settlesOn(east.names);

      dns.behave(nameOf(east), 'SERVFAIL');
      const asked = dns.asked(nameOf(east));
      await eventually(() => dns.asked(nameOf(east)) >= asked + 2, { what: 'Envoy asks twice again' });
      await traffic.settlesOn(east.names);

      for (const behaviour of ['NXDOMAIN', 'empty'] as const) {
        dns.behave(nameOf(east), behaviour);
        await traffic.settlesOn(west.names);
        dns.behave(nameOf(east), 'answer');
        await traffic.settlesOn(east.names);
      }
      assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );
});

function nameOf({ cluster }: Site): string {
  return `${cluster}.test`;
}

function externalService(site: Site, number: number): ResourceObject {
  return {
    apiVersion: 'discovery.mesh.gloo.solo.io/v1',
    kind: 'Destination',
    metadata: { name: site.cluster, namespace: SYSTEM_NAMESPACE },
    spec: {
      externalService: {
        name: site.cluster,
        hosts: [`${site.cluster}.example`],
        ports: [{ number, name: 'http', protocol: 'HTTP' }],
        endpoints: [{ address: nameOf(site), labels: { 'topology.kubernetes.io/region': site.cluster } }],
      },
    },
  };
}

function virtualDestination(number: number): ResourceObject {
  const externalServices = CLUSTERS.map((name) => ({ name, namespace: SYSTEM_NAMESPACE }));
  return {
    apiVersion: 'networking.enterprise.mesh.gloo.solo.io/v1beta1',
    kind: 'VirtualDestination',
    metadata: { name: 'shop', namespace: APP_NAMESPACE },
    spec: {
      hostname: HOST,
      port: { number, protocol: 'HTTP' },
      localized: { destinationSelectors: [{ externalServiceRefs: { externalServices } }] },
    },
  };
}
