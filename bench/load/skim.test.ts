import assert from 'node:assert/strict';
import { type EnvoyMessageName, encodeEnvoyMessage, envoyType, typeUrl } from '../../src/proto/envoy-types.js';
import { clusterMessage, loadAssignmentMessage } from '../world/messages.js';
import { type Mode, Skimmer } from './skim.js';

/** The entry in `resources` of a response. */
function entry(mode: Mode, type: EnvoyMessageName, json: object): Buffer {
  const any = { type_url: typeUrl(type), value: encodeEnvoyMessage(type, json) };
  const [holder, content] =
    mode === 'sotw'
      ? ['DiscoveryResponse', { resources: [any] }]
      : ['DeltaDiscoveryResponse', { resources: [{ name: 'n', version: 'v', resource: any }] }];
  const encode = envoyType(`envoy.service.discovery.v3.${holder as 'DiscoveryResponse'}`);
  const bytes = Buffer.from(encode.encode(encode.create(content)).finish());
  // Tag and length of the one field stand before it.
  return bytes.subarray((bytes[1] ?? 0) < 0x80 ? 2 : 3);
}

describe('skimming a resource', () => {
  for (const mode of ['sotw', 'delta'] as const) {
    it(`finds the type, the service and the mark of a load assignment, ${mode}`, () => {
      const skimmer = new Skimmer(mode);
      const bytes = entry(mode, 'envoy.config.endpoint.v3.ClusterLoadAssignment', loadAssignmentMessage(4_321, 10_007));
      skimmer.read(bytes, 0, bytes.length);
      assert.deepEqual([skimmer.type, skimmer.service, skimmer.endpointMark()], ['endpoints', 4_321, 10_007]);
    });

    it(`finds no mark in an unchanged resource, ${mode}`, () => {
      const skimmer = new Skimmer(mode);
      const bytes = entry(mode, 'envoy.config.endpoint.v3.ClusterLoadAssignment', loadAssignmentMessage(0));
      skimmer.read(bytes, 0, bytes.length);
      assert.deepEqual([skimmer.service, skimmer.endpointMark()], [0, 0]);
    });

    it(`finds the type, the service and the mark of a cluster, ${mode}`, () => {
      const skimmer = new Skimmer(mode);
      const bytes = entry(mode, 'envoy.config.cluster.v3.Cluster', clusterMessage(17));
      skimmer.read(bytes, 0, bytes.length);
      assert.deepEqual([skimmer.type, skimmer.service, skimmer.policyMark()], ['cluster', 17, 5]);
    });
  }
});
