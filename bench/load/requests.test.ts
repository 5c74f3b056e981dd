import assert from 'node:assert/strict';
import { envoyType } from '../../src/proto/envoy-types.js';
import { clusterName, TYPE } from '../world/names.js';
import { FRAME_HEADER, MAX_PAYLOAD } from './http2-frames.js';
import { createRequests, type Frames } from './requests.js';
import type { Mode } from './skim.js';

const MESSAGES = { sotw: 'DiscoveryRequest', delta: 'DeltaDiscoveryRequest' } as const;

/** The message in the frames, as Envoy's own descriptors read it. */
function decode(mode: Mode, frames: Frames): Readonly<Record<string, unknown>> {
  for (const { length } of frames) assert.ok(length <= FRAME_HEADER + MAX_PAYLOAD);
  const bytes = Buffer.concat(frames.map((frame) => frame.subarray(FRAME_HEADER)));
  assert.equal(bytes.readUInt32BE(1), bytes.length - 5);
  const type = envoyType(`envoy.service.discovery.v3.${MESSAGES[mode]}`);
  return type.toObject(type.decode(bytes.subarray(5)), { arrays: true });
}

describe('the requests of a simulated Envoy', () => {
  for (const services of [3, 2_000]) {
    const names = Array.from({ length: services }, (_, index) => clusterName(index));

    it(`contain all ${services} names in a state-of-the-world ACK`, () => {
      const request = decode('sotw', createRequests('sotw', services).acknowledge('endpoints', 'v1', 'n7'));
      assert.deepEqual(
        [request['typeUrl'], request['versionInfo'], request['responseNonce'], request['resourceNames']],
        [TYPE.endpoints, 'v1', 'n7', names],
      );
    });

    it(`contain ${services} names in the first delta request, and none in an ACK`, () => {
      const requests = createRequests('delta', services);
      assert.deepEqual(decode('delta', requests.subscribe('endpoints'))['resourceNamesSubscribe'], names);
      const answer = decode('delta', requests.acknowledge('endpoints', 'v1', 'n7'));
      assert.deepEqual(
        [answer['typeUrl'], answer['responseNonce'], answer['resourceNamesSubscribe']],
        [TYPE.endpoints, 'n7', []],
      );
    });
  }

  for (const mode of ['sotw', 'delta'] as const) {
    it(`begin with the node, ${mode}`, () => {
      const { node, typeUrl } = decode(mode, createRequests(mode, 1).hello({ id: 'envoy-3', region: 2 }));
      assert.equal(typeUrl, TYPE.cluster);
      const { id, cluster, locality } = node as Readonly<Record<string, unknown>>;
      assert.deepEqual([id, cluster, locality], ['envoy-3', 'site-2', { region: 'region-2', zone: 'region-2a' }]);
    });
  }
});
