/** A service that loses most of its endpoints at once keeps them for a time, by its EndpointSlices; then it has what they say. */
import assert from 'node:assert/strict';
import { nextContent } from '../source/contents/last-good-content.js';
import { type FileTable, createFileTable } from '../source/contents/table.js';
import { runToEnd } from '../turns/run-to-end.js';
import { XdsTestClient } from '../testing/xds/client.js';
import { type ControlPlane, type ControlPlaneOptions, createControlPlane } from './control-plane.js';
import { typeUrls } from './views/resource-types.js';

const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'];
const CLUSTER = 'outbound|80||cart.shop.svc.cluster.local';
const A_DAY = 86_400_000;

const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
`;

function slice(...addresses: readonly string[]): string {
  const endpoints = addresses.map((address) => `{addresses: [${address}]}`).join(', ');
  return `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: cart-1, namespace: shop, labels: {kubernetes.io/service-name: cart}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [${endpoints}]
`;
}

function destination(...addresses: readonly string[]): string {
  const endpoints = addresses.map((address) => `{ipAddress: ${address}}`).join(', ');
  return `apiVersion: discovery.mesh.gloo.solo.io/v1
kind: Destination
metadata: {name: cart, namespace: shop}
spec:
  kubeService:
    ref: {name: cart, namespace: shop}
    ports: [{port: 80, name: http}]
    endpointSubsets: [{ports: [{name: http, port: 8080}], endpoints: [${endpoints}]}]
`;
}

interface Fixture {
  readonly plane: ControlPlane;
  /** Replaces a file. */
  readonly write: (text: string, file?: string) => void;
  /** The addresses in the next load assignment. */
  readonly next: () => Promise<readonly string[]>;
  /** How many load assignments came. */
  readonly responses: () => number;
  /** Codes of the findings about the service. */
  readonly findings: () => readonly string[];
}

async function withPlane(
  mode: 'delta' | 'sotw',
  options: ControlPlaneOptions,
  texts: readonly string[],
  test: (fixture: Fixture) => Promise<void>,
): Promise<void> {
  const plane = createControlPlane(options);
  const table: FileTable = createFileTable();
  const write: Fixture['write'] = (text, file = 'slice.yaml') => {
    table.set(file, runToEnd(nextContent(file, table.content(file), { text, identity: '' })));
    const batch = table.commit();
    if (batch !== undefined) plane.apply(batch);
  };
  texts.forEach((text, i) => write(text, i === 0 ? 'service.yaml' : 'slice.yaml'));
  const { port } = await plane.xds.listen('127.0.0.1:0');
  const client = new XdsTestClient(port, { mode, node: { id: 'a', metadata: { NAMESPACE: 'shop' } } });
  let responses = 0;
  client.subscribe(typeUrls.endpoint, [CLUSTER]);
  const next: Fixture['next'] = async () => {
    const response = await client.next(typeUrls.endpoint);
    responses++;
    client.ack(response);
    const [resource] = response.resources;
    assert.deepEqual(response.names, [CLUSTER]);
    return [...ADDRESSES, '10.0.0.9'].filter((address) => resource?.value.includes(address));
  };
  const findings = (): readonly string[] =>
    plane
      .findings()
      .filter(({ kind }) => kind === 'Service')
      .map(({ code }) => code);
  try {
    await test({ plane, write, next, responses: () => responses, findings });
  } finally {
    client.close();
    await plane.xds.drain(0);
  }
}

describe('a service that loses endpoints at once', () => {
  for (const mode of ['delta', 'sotw'] as const) {
    it(`promise 1: keeps them when an EndpointSlice is suddenly empty, and says so (${mode})`, () =>
      withPlane(
        mode,
        { shrinkGraceMs: A_DAY },
        [SERVICE, slice(...ADDRESSES)],
        async ({ plane, write, next, findings }) => {
          assert.deepEqual(await next(), ADDRESSES);
          write(slice());
          assert.deepEqual(findings(), ['EndpointsRetained']);
          const [finding] = plane.findings().filter(({ code }) => code === 'EndpointsRetained');
          assert.match(
            finding?.message ?? '',
            /^4 of 4 endpoints disappeared at once\. They stay in force until 20\d\d-.*Z, /u,
          );
          assert.deepEqual(plane.shrinkage(), { endpoints: 4, losses: 1 });
          // The next response is for a change that came later: nothing was sent for the loss.
          write(slice('10.0.0.9'));
          assert.deepEqual(await next(), [...ADDRESSES, '10.0.0.9']);
          write(slice('10.0.0.1', '10.0.0.2'));
          assert.deepEqual(await next(), ['10.0.0.1', '10.0.0.2']);
          assert.deepEqual([findings(), plane.shrinkage()], [[], { endpoints: 0, losses: 1 }]);
        },
      ));

    it(`promise 2: ends as an empty load assignment when the grace time is over (${mode})`, () =>
      withPlane(
        mode,
        { shrinkGraceMs: 30 },
        [SERVICE, slice(...ADDRESSES)],
        async ({ plane, write, next, findings }) => {
          assert.deepEqual(await next(), ADDRESSES);
          write(slice());
          assert.deepEqual(await next(), []);
          assert.deepEqual([findings(), plane.shrinkage().endpoints], [[], 0]);
        },
      ));

    it(`promise 2: answers with an empty load assignment where there never were endpoints (${mode})`, () =>
      withPlane(mode, {}, [SERVICE], async ({ next }) => {
        assert.deepEqual(await next(), []);
      }));

    const atOnce: Readonly<Record<string, readonly [first: string, change: string, expected: readonly string[]]>> = {
      'half of them go': [slice(...ADDRESSES), slice('10.0.0.1', '10.0.0.2'), ['10.0.0.1', '10.0.0.2']],
      'the EndpointSlice is deleted': [
        slice(...ADDRESSES),
        '---\n{apiVersion: v1, kind: Namespace, metadata: {name: a}}',
        [],
      ],
      'a person removes them from a Destination': [destination(...ADDRESSES), destination('10.0.0.1'), ['10.0.0.1']],
      'others take their place': [slice('10.0.0.1'), slice('10.0.0.9'), ['10.0.0.9']],
    };
    for (const [title, [first, change, expected]] of Object.entries(atOnce))
      it(`promise 1: loses them at once when ${title} (${mode})`, () =>
        withPlane(mode, { shrinkGraceMs: A_DAY }, [SERVICE, first], async ({ write, next, findings }) => {
          await next();
          write(change);
          assert.deepEqual(await next(), expected);
          assert.ok(!findings().includes('EndpointsRetained'));
        }));

    it(`loses them at once where no grace time is set (${mode})`, () =>
      withPlane(mode, { shrinkGraceMs: 0 }, [SERVICE, slice(...ADDRESSES)], async ({ write, next }) => {
        await next();
        write(slice());
        assert.deepEqual(await next(), []);
      }));
  }
});
