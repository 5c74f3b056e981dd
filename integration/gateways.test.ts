/**
 * Gateways serve only failover hostnames to external clients. Several gateways and sidecars at once, each with its own locality.
 */
import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { selfSigned } from '../src/testing/certificate.js';
import { eventually } from './support/processes/eventually.js';
import { send } from './support/clients/http-client.js';
import { meshes, ownHostname } from './support/services/service.js';
import { APP_NAMESPACE, QUICK_OUTLIER_DETECTION, SYSTEM_NAMESPACE, destination } from './support/services/resources.js';
import type { ResourceObject } from './support/processes/control-plane.js';
import { type Story, withStory } from './support/story.js';
import { StreamBackend } from './support/services/stream-backend.js';
import { ask, httpRequest } from './support/clients/stream-client.js';

const SITES = ['east', 'west'] as const;
const [WEB, VAULT] = ['web.failover.global', 'vault.failover.global'];

describe('gateways', () => {
  it(
    'serve failover hostnames by host header and server name, with the nearest region of each gateway first',
    withStory(async (story) => {
      const certificate = selfSigned('lifeboat');
      const web = await Promise.all(SITES.map((site) => story.backend(site)));
      const vault = await Promise.all(SITES.map((name) => startVault(story, { name, certificate })));
      const plane = await story.controlPlane({
        'meshes.yaml': meshes(...SITES),
        'destinations.yaml': [
          ...web.map(({ name, address, port }) =>
            destination({ cluster: name, service: 'web', port, endpoints: [{ address }] }),
          ),
          ...vault.map(({ name, address, port }) =>
            destination({ cluster: name, service: 'vault', port, portName: 'tls', endpoints: [{ address }] }),
          ),
        ],
        'failover.yaml': [localized('web', WEB, story.port, 'HTTP'), localized('vault', VAULT, story.port, 'TLS')],
      });
      const gateways = await Promise.all(
        SITES.map((cluster) => story.sidecar(plane, { cluster, metadata: { ROLE: 'gateway' } })),
      );
      const sidecar = await story.sidecar(plane, { cluster: 'east' });

      for (const [at, site] of [
        [gateways[0]!, 'east'],
        [gateways[1]!, 'west'],
        [sidecar, 'east'],
      ] as const) {
        assert.deepEqual(await all(at.address, story.port), [site, site]);
      }
      assert.match(
        await ask({ address: sidecar.address, port: story.port, say: httpRequest(ownHostname('web', 'west')) }),
        /x-backend: west/,
      );
      assert.match(
        await ask({ address: gateways[0]!.address, port: story.port, say: httpRequest(ownHostname('web', 'west')) }),
        /^HTTP\/1.1 404/,
      );
      await assert.rejects(
        ask({ address: gateways[0]!.address, port: story.port, serverName: ownHostname('vault', 'west') }),
      );

      await Promise.all([web[0]!, vault[0]!].map((backend) => backend.refuse()));
      for (const { address } of [...gateways, sidecar]) {
        await eventually(async () => (await all(address, story.port)).every((site) => site === 'west'), {
          what: 'all go to west',
        });
      }
    }),
  );
});

describe('a gateway', () => {
  it(
    'tells backends the address of its client, and removes forged headers',
    withStory(async (story) => {
      const backend = await story.backend('east');
      const plane = await story.controlPlane({
        'meshes.yaml': meshes('east'),
        'destinations.yaml': [
          destination({ cluster: 'east', service: 'web', port: story.port, endpoints: [{ address: backend.address }] }),
        ],
        'failover.yaml': [localized('web', WEB, story.port, 'HTTP')],
      });
      const alone = await story.sidecar(plane, { cluster: 'east', metadata: { ROLE: 'gateway' } });
      const behindProxy = await story.sidecar(plane, {
        cluster: 'east',
        metadata: { ROLE: 'gateway', XFF_NUM_TRUSTED_HOPS: 1 },
      });
      const sidecar = await story.sidecar(plane, { cluster: 'east' });
      const told = async (address: string): Promise<unknown> => {
        await send({
          address,
          port: story.port,
          headers: { host: `${WEB.toUpperCase()}.:${story.port}`, 'x-forwarded-for': '203.0.113.9' },
        });
        return backend.latestHeaders['x-forwarded-for'];
      };

      const client = await told(alone.address);
      assert.ok(typeof client === 'string' && isIP(client) === 4 && client !== '203.0.113.9', String(client));
      assert.equal(await told(behindProxy.address), `203.0.113.9,${client}`);
      assert.equal(await told(sidecar.address), '203.0.113.9');
    }),
  );
});

async function startVault(
  story: Story,
  options: { readonly name: string; readonly certificate: ReturnType<typeof selfSigned> },
): Promise<StreamBackend> {
  const backend = await StreamBackend.start({ ...options, address: story.address(), port: story.port });
  story.atEnd(() => backend.refuse());
  return backend;
}

/** The backends of the HTTP hostname and of the TLS hostname. */
async function all(address: string, port: number): Promise<readonly string[]> {
  const http = await ask({ address, port, say: httpRequest(WEB) });
  return [/^x-backend: (\S+)/m.exec(http)?.[1] ?? http, await ask({ address, port, serverName: VAULT })];
}

/** A VirtualDestination over the service in all sites, the nearest first. */
function localized(service: string, hostname: string, number: number, protocol: string): ResourceObject {
  return {
    apiVersion: 'networking.enterprise.mesh.gloo.solo.io/v1beta1',
    kind: 'VirtualDestination',
    metadata: { name: service, namespace: SYSTEM_NAMESPACE },
    spec: {
      hostname,
      port: { number, protocol },
      localized: {
        destinationSelectors: [{ kubeServiceMatcher: { namespaces: [APP_NAMESPACE], labels: { app: service } } }],
        outlierDetection: QUICK_OUTLIER_DETECTION,
      },
    },
  };
}
