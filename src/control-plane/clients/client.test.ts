import assert from 'node:assert/strict';
import type { XdsNode } from '../../xds/index.js';
import { nodeProblems, toClient } from './client.js';

function node(metadata: Readonly<Record<string, unknown>>): XdsNode {
  const locality = { region: '', zone: '', subZone: '' };
  return {
    id: 'a',
    cluster: 'site',
    locality,
    metadata,
    userAgentName: 'envoy',
    userAgentVersion: '',
    clientFeatures: [],
  };
}

describe("an Envoy's node", () => {
  it('sets the timeout of unacknowledged data in milliseconds or as a duration', () => {
    const timeouts = [undefined, 3000, '3000', ' 250 ', '3s', '1.5s', '2m', 0, '0', '0s', '', null].map(
      (value) => toClient(node(value === undefined ? {} : { TCP_USER_TIMEOUT: value })).userTimeoutMs,
    );
    assert.deepEqual(timeouts, [5000, 3000, 3000, 250, 3000, 1500, 120_000, 0, 0, 0, 5000, 5000]);
  });

  it('has the default timeout and a finding for an invalid value', () => {
    for (const value of ['soon', -1, 1.5, '0.1ms', '-5s', '30d', 2 ** 31, true, ['5s'], { s: 5 }]) {
      const metadata = { TCP_USER_TIMEOUT: value };
      assert.equal(toClient(node(metadata)).userTimeoutMs, 5000, JSON.stringify(value));
      assert.equal(nodeProblems(node(metadata)).length, 1, JSON.stringify(value));
    }
  });

  it('gets a finding for each invalid entry, and the valid entries apply', () => {
    const metadata = {
      ...{ CLUSTER_ID: 7, NAMESPACE: 'app', LABELS: { app: 'web', weight: 3 }, ROLE: 'gatway' },
      ...{ LISTEN_ADDRESS: 'localhost', LISTEN_PORT_OFFSET: '1.5', INTERCEPTION: 'TPROXY', MESH: 'm.ns' },
    };
    const client = toClient(node(metadata));
    assert.deepEqual(
      [client.cluster, client.namespace, client.labels, client.role, client.mesh],
      ['site', 'app', { app: 'web' }, 'sidecar', 'm.ns'],
    );
    assert.deepEqual(client.place, { address: '127.0.0.1', portOffset: 0, interception: 'NONE' });
    assert.deepEqual(nodeProblems(node(metadata)), [
      'node.metadata.ROLE is "gatway" and has no effect: it must be sidecar or gateway. Did you mean "gateway"?',
      'node.metadata.CLUSTER_ID is 7 and has no effect: it must be a string.',
      'node.metadata.LABELS.weight is 3 and has no effect: it must be a string.',
      'node.metadata.LISTEN_ADDRESS is "localhost" and has no effect: it must be an IP address.',
      'node.metadata.LISTEN_PORT_OFFSET is "1.5" and has no effect: it must be a whole number between -65535 and 65535.',
      'node.metadata.INTERCEPTION is "TPROXY" and has no effect: it must be NONE or REDIRECT.',
    ]);
  });

  it('of a gateway says how many proxies in front of it are trusted', () => {
    const hops = [undefined, 2, '3', 'many', -1].map(
      (value) => toClient(node({ ROLE: 'gateway', XFF_NUM_TRUSTED_HOPS: value })).place.trustedHops,
    );
    assert.deepEqual(hops, [0, 2, 3, 0, 0]);
    assert.equal(toClient(node({ XFF_NUM_TRUSTED_HOPS: 2 })).place.trustedHops, undefined);
    assert.equal(nodeProblems(node({ ROLE: 'gateway', XFF_NUM_TRUSTED_HOPS: 'many' })).length, 1);
  });

  it('with thousands of invalid entries gets a few short findings', () => {
    const labels = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`label-${i}`, ['x'.repeat(1000)]]));
    const problems = nodeProblems(node({ LABELS: labels }));
    assert.equal(problems.length, 20);
    assert.ok(problems.every(({ length }) => length < 200));
  });

  it('without mistakes has no findings', () => {
    const metadata = {
      CLUSTER_ID: 'east',
      LABELS: {},
      ROLE: 'Gateway',
      LISTEN_PORT_OFFSET: 100,
      INTERCEPTION: 'redirect',
      OWNER: { kind: 'x' },
    };
    assert.deepEqual(nodeProblems(node(metadata)), []);
    assert.deepEqual(toClient(node(metadata)).place, {
      address: '0.0.0.0',
      portOffset: 100,
      interception: 'REDIRECT',
      trustedHops: 0,
    });
  });
});

describe('promise 28: metadata that is too long', () => {
  it('is cut where it is read, and shown nowhere in full', () => {
    const long = 'x'.repeat(100_000);
    const metadata = { CLUSTER_ID: long, NAMESPACE: long, LABELS: { [long]: long, 'a\x1b': 1 } };
    const problems = nodeProblems(node({ ...metadata, ROLE: long, LISTEN_ADDRESS: long, MESH: [long] }));
    assert.ok(JSON.stringify(toClient(node(metadata))).length < 2000);
    assert.equal(problems.length, 4);
    for (const problem of problems) assert.ok(problem.length < 400, problem);
    // eslint-disable-next-line no-control-regex -- it must not be there
    assert.doesNotMatch(problems.join('\n'), /\x1b/);
  });
});
