/** A NACK shows in the status of the resource that caused it, in Envoy's words, until the resource changes. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readCase } from '../testing/case.js';
import { TESTDATA } from '../testing/golden.js';
import { XdsTestClient } from '../testing/xds/client.js';
import { type ControlPlane, createControlPlane } from './control-plane.js';
import { typeUrls } from './views/resource-types.js';

const FAILOVER = 'outbound|9080||reviews-failover.bookinfo.global';
const OWN = 'outbound|9080||reviews.bookinfo.svc.mgmt-cluster.global';
const node = {
  id: 'productpage',
  cluster: 'mgmt-cluster',
  locality: { region: 'us-east-1' },
  metadata: { NAMESPACE: 'bookinfo' },
};

describe('NACKs in statuses', () => {
  let controlPlane: ControlPlane;
  let client: XdsTestClient;
  let port: number;
  let rejected: Promise<void>;

  beforeEach(async () => {
    rejected = new Promise((resolve) => {
      controlPlane = createControlPlane({ xds: { events: { nacked: () => resolve() } } });
    });
    controlPlane.apply(guide().first);
    ({ port } = await controlPlane.xds.listen('127.0.0.1:0'));
    client = new XdsTestClient(port, { mode: 'delta', node });
  });

  afterEach(async () => {
    client.close();
    await controlPlane.xds.drain(0);
  });

  async function reject(typeUrl: string, message: string, names: readonly string[] = []): Promise<void> {
    client.subscribe(typeUrl, names);
    client.nack(await client.next(typeUrl), message);
    await rejected;
  }

  function failover(): { readonly state?: string; readonly errors?: readonly string[]; readonly meshes?: object } {
    const [resource] = controlPlane.resources({ kind: 'FailoverService', name: 'reviews-failover' });
    return resource?.status ?? {};
  }

  /** As the metrics count. */
  function count(kind: string, state: string): number {
    const { resources } = controlPlane.counts();
    return resources.find((counted) => counted.kind === kind && counted.state === state)?.count ?? 0;
  }

  function failed(): readonly string[] {
    return controlPlane
      .resources()
      .filter(({ status }) => status?.['state'] === 'FAILED')
      .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  }

  it('a rejected cluster makes its failover destination FAILED, in each of its meshes, and no other resource', async () => {
    assert.equal(count('FailoverService', 'FAILED'), 0);
    await reject(typeUrls.cluster, `Error adding/updating cluster(s) ${FAILOVER}: no such thing`);
    const { state, errors, meshes } = failover();
    assert.equal(count('FailoverService', 'FAILED'), 1);
    const sentence = `Envoy productpage rejected the cluster ${FAILOVER}: Error adding/updating cluster(s) ${FAILOVER}: no such thing`;
    assert.deepEqual([state, errors], ['FAILED', [sentence]]);
    assert.deepEqual(Object.values(meshes ?? {}), [{ errors: [sentence], state: 'FAILED' }]);
    const others = controlPlane.resources().filter(({ status }) => status?.['state'] === 'FAILED');
    assert.equal(others.length, 1);
  });

  it('the status is restored when the resource changes', async () => {
    await reject(typeUrls.cluster, `${FAILOVER}: no such thing`);
    const changes = guide();
    controlPlane.apply(changes.batch(changes.steps.find(({ name }) => name === 'outlier detection changes')!));
    assert.equal(failover().state, 'ACCEPTED');
    assert.equal(count('FailoverService', 'FAILED'), 0);
  });

  it('rejected endpoints affect the failover destination', async () => {
    await reject(typeUrls.endpoint, 'malformed IP address', [FAILOVER]);
    assert.equal(failover().state, 'FAILED');
  });

  it('rejected routes and listeners affect all failover destinations of the port', async () => {
    await reject(typeUrls.route, 'no healthy words', ['9080']);
    assert.deepEqual(failover().errors, ['Envoy productpage rejected the route configuration 9080: no healthy words']);
  });

  it("a listener is identified by the port of the model, independently of the Envoy's listen address", async () => {
    const elsewhere = new XdsTestClient(port, {
      mode: 'delta',
      node: { ...node, id: 'elsewhere', metadata: { fields: { LISTEN_PORT_OFFSET: { stringValue: '10000' } } } },
    });
    elsewhere.subscribe(typeUrls.listener);
    const response = await elsewhere.next(typeUrls.listener);
    const name = response.resources.find((resource) => resource.name.endsWith('19080'))?.name ?? '';
    elsewhere.nack(response, `Error adding/updating listener(s) ${name}: no such filter`);
    await rejected;
    elsewhere.close();
    assert.deepEqual(failover().errors, [
      `Envoy elsewhere rejected the listener ${name}: Error adding/updating listener(s) ${name}: no such filter`,
    ]);
  });

  it('the policy and the destination whose values or fields the error message names are affected too', async () => {
    await reject(
      typeUrls.cluster,
      `${FAILOVER}: OutlierDetectionValidationError.ConsecutiveErrors: value must be greater than 0`,
    );
    assert.deepEqual(failed(), ['FailoverService/reviews-failover', 'TrafficPolicy/mgmt-reviews-outlier']);
  });

  it('the destination with the rejected address is affected', async () => {
    await reject(typeUrls.endpoint, 'malformed IP address: 127.20.2.1', [FAILOVER]);
    assert.deepEqual(failed(), ['Destination/reviews-bookinfo-remote-cluster', 'FailoverService/reviews-failover']);
  });

  it('a NACK without a name affects all resources of the response, and says how many they are', async () => {
    await reject(typeUrls.endpoint, 'nothing in particular', [FAILOVER, OWN]);
    assert.deepEqual(failed(), ['Destination/reviews-bookinfo-mgmt-cluster', 'FailoverService/reviews-failover']);
    const sentence = `Envoy productpage rejected one of 2 resources without naming it, among them the endpoints ${FAILOVER}: nothing in particular`;
    assert.deepEqual(failover().errors, [sentence]);
  });

  it('an error about the host of an Envoy affects no resource', async () => {
    await reject(typeUrls.cluster, `${FAILOVER}: unable to read file: /etc/certs/root-cert.pem`);
    assert.equal(failover().state, 'ACCEPTED');
    assert.equal(controlPlane.proxies()[0]?.types['CDS']?.state, 'NACK');
  });
});

function guide() {
  return readCase(join(TESTDATA, 'golden', 'guide'));
}
