/**
 * Failover for protocols other than HTTP: TCP, TLS and HTTPS by server name, MongoDB, and several of them on one port.
 */
import assert from 'node:assert/strict';
import type { Backend } from './support/services/backend.js';
import { type Certificate, selfSigned } from '../src/testing/certificate.js';
import { eventually } from './support/processes/eventually.js';
import { mongoQuery, mongoReply, nameInReply } from './support/services/mongo.js';
import { Service, meshes, ownHostname } from './support/services/service.js';
import { type Story, withStory } from './support/story.js';
import { StreamBackend, type StreamBackendOptions } from './support/services/stream-backend.js';
import { type StreamRequest, ask, askInTurn, httpRequest } from './support/clients/stream-client.js';

const SITES = ['east', 'west'] as const;

describe('a FailoverService', () => {
  it(
    'over TCP loses at most as many connections as the attempts allow',
    withStory(async (story) => {
      const [endpoints, errors, attempts] = [4, 5, 16];
      const outlierDetection = { consecutiveErrors: errors, interval: '0.2s', baseEjectionTime: '1s' };
      const service = await streams(story, 'queue', 'TCP', { backends: endpoints, outlierDetection });
      const { address } = await sidecarOf(story, service);
      const request = { address, port: story.port };

      assert.deepEqual((await askInTurn(40, request, siteOf)).answered, { east: 40 });
      await service.refuse('east');
      const { answered, lost } = await askInTurn(100, request, siteOf);
      assert.ok(lost <= Math.ceil((endpoints * errors) / attempts), `${lost} lost`);
      assert.deepEqual(answered, { west: 100 - lost });
      await service.restore('east');
      await comesBack(request);
    }),
  );

  it(
    'over TLS selects by server name, and resets connections with an unknown one',
    withStory(async (story) => {
      const service = await streams(story, 'vault', 'TLS', { certificate: selfSigned('lifeboat') });
      const { address } = await sidecarOf(story, service);
      const request = { address, port: story.port, serverName: service.hostname };

      assert.deepEqual((await askInTurn(20, request, siteOf)).answered, { east: 20 });
      assert.equal(siteOf(await ask({ ...request, serverName: ownHostname('vault', 'west') })), 'west');
      await assert.rejects(ask({ ...request, serverName: 'unknown.global' }));
      await assert.rejects(
        ask({ address, port: story.port, say: httpRequest(service.hostname) }),
        'nothing but TLS is understood',
      );
      await service.refuse('east');
      const { answered, lost } = await askInTurn(50, request, siteOf);
      assert.ok(lost <= 1, `${lost} lost`);
      assert.deepEqual(answered, { west: 50 - lost });
      await service.restore('east');
      await comesBack(request);
    }),
  );

  it(
    'over HTTPS passes the TLS connection through',
    withStory(async (story) => {
      const service = await streams(story, 'shop', 'HTTPS', { certificate: selfSigned('lifeboat'), reply: httpReply });
      const { address } = await sidecarOf(story, service);
      const request = { address, port: story.port, serverName: service.hostname, say: httpRequest(service.hostname) };

      assert.deepEqual((await askInTurn(20, request, siteInHttp)).answered, { east: 20 });
      await service.refuse('east');
      const { answered, lost } = await askInTurn(50, request, siteInHttp);
      assert.ok(lost <= 1, `${lost} lost`);
      assert.deepEqual(answered, { west: 50 - lost });
    }),
  );

  it(
    'over MONGO fails over, and Envoy counts its queries',
    withStory(async (story) => {
      const service = await streams(story, 'db', 'MONGO', { reply: mongoReply });
      const { address, envoy } = await sidecarOf(story, service);
      const request = { address, port: story.port, say: mongoQuery() };
      const heard = (answer: string): string => siteOf(nameInReply(answer));

      assert.deepEqual((await askInTurn(20, request, heard)).answered, { east: 20 });
      await service.refuse('east');
      const { answered, lost } = await askInTurn(50, request, heard);
      assert.ok(lost <= 1, `${lost} lost`);
      assert.deepEqual(answered, { west: 50 - lost });
      const stats = await envoy.admin.stats(/^mongo\..*\.(op_query|op_reply|decoding_error)$/);
      const count = (name: string): number => [...stats].find(([stat]) => stat.endsWith(name))?.[1] ?? 0;
      assert.ok(count('.op_query') >= 70 - lost, `${count('.op_query')} queries`);
      assert.equal(count('.op_reply'), 70 - lost);
      assert.equal(count('.decoding_error'), 0);
    }),
  );

  it(
    'shares its port with hosts that the host header or server name distinguishes',
    withStory(async (story) => {
      const certificate = selfSigned('lifeboat');
      const web = new Service({
        name: 'web',
        protocol: 'HTTP',
        sites: Object.fromEntries(
          await Promise.all(SITES.map(async (site) => [site, [await httpBackend(story, site)]] as const)),
        ),
      });
      const vault = await streams(story, 'vault', 'TLS', { certificate });
      const shop = await streams(story, 'shop', 'HTTPS', { certificate, reply: httpReply });
      const { address } = await sidecarOf(story, web, vault, shop);
      const at = { address, port: story.port };
      const all = async (): Promise<readonly string[]> => [
        siteInHttp(await ask({ ...at, say: httpRequest(web.hostname) })),
        siteOf(await ask({ ...at, serverName: vault.hostname })),
        siteInHttp(await ask({ ...at, serverName: shop.hostname, say: httpRequest(shop.hostname) })),
      ];

      assert.deepEqual(await all(), ['east', 'east', 'east']);
      await assert.rejects(ask({ ...at, serverName: web.hostname }), 'no server name leads to HTTP');
      await Promise.all([web, vault, shop].map((service) => service.refuse('east')));
      await eventually(async () => (await all()).every((site) => site === 'west'), { what: 'all three go to west' });
    }),
  );

  it(
    'takes a port that it cannot share from a service, which gets a finding',
    withStory(async (story) => {
      const queue = await streams(story, 'queue', 'TCP', {});
      const web = new Service({ name: 'web', protocol: 'HTTP', sites: { east: [await httpBackend(story, 'east')] } });
      const services = web.resources().filter(({ kind }) => kind === 'Destination');
      const plane = await story.controlPlane({
        'meshes.yaml': meshes(...SITES),
        'queue.yaml': queue.resources(),
        'web.yaml': services,
      });
      const { address } = await story.sidecar(plane, { cluster: 'east' });

      assert.equal(
        siteOf(await ask({ address, port: story.port, say: httpRequest(ownHostname('web', 'east')) })),
        'east',
      );
      await plane.logs(
        /web\.bookinfo\.east \(HTTP\) gets no listener, because FailoverService queue-failover\.service-mesh-hub \(TCP\)/,
      );
    }),
  );
});

interface StreamOptions extends Pick<StreamBackendOptions, 'certificate' | 'reply'> {
  readonly certificate?: Certificate;
  /** The number of backends in each site. Default: 1. */
  readonly backends?: number;
  readonly outlierDetection?: object;
}

/** Backends named `<site>-<number>`. */
async function streams(
  story: Story,
  name: string,
  protocol: string,
  options: StreamOptions,
): Promise<Service<StreamBackend>> {
  const { backends = 1, outlierDetection, ...more } = options;
  const start = async (site: string, number: number): Promise<StreamBackend> => {
    const backend = await StreamBackend.start({
      name: `${site}-${number}`,
      address: story.address(),
      port: story.port,
      ...more,
    });
    story.atEnd(() => backend.refuse());
    return backend;
  };
  const siteBackends = (site: string): Promise<readonly StreamBackend[]> =>
    Promise.all(Array.from({ length: backends }, (_, index) => start(site, index + 1)));
  const sites = Object.fromEntries(
    await Promise.all(SITES.map(async (site) => [site, await siteBackends(site)] as const)),
  );
  return new Service({ name, protocol, sites, ...(outlierDetection && { outlierDetection }) });
}

function httpBackend(story: Story, site: string): Promise<Backend> {
  return story.backend(`${site}-1`);
}

async function sidecarOf(story: Story, ...services: readonly Service[]): ReturnType<Story['sidecar']> {
  const resources = Object.fromEntries(services.map((service, i) => [`service-${i}.yaml`, service.resources()]));
  const plane = await story.controlPlane({ 'meshes.yaml': meshes(...SITES), ...resources });
  return story.sidecar(plane, { cluster: 'east' });
}

async function comesBack(request: StreamRequest): Promise<void> {
  await eventually(async () => (await askInTurn(20, request, siteOf)).answered['east'] === 20, {
    what: 'all go to east again',
  });
}

/** The site in a backend's name. */
function siteOf(name: string): string {
  return name.split('-')[0] ?? '';
}

function httpReply(name: string): string {
  return `HTTP/1.1 200 OK\r\nx-backend: ${name}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;
}

function siteInHttp(answer: string): string {
  return siteOf(/^x-backend: (\S+)/m.exec(answer)?.[1] ?? '');
}
