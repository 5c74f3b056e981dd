import assert from 'node:assert/strict';
import { belongsTo, placesOf } from './decode-elsewhere.js';
import { readSchemas } from './decode-schema.js';
import type { FieldPath } from './resource.js';

describe('the hint for a field in the wrong place', () => {
  const cases: readonly (readonly [message: string, path: FieldPath, expected: string])[] = [
    [
      'resilience.policy.gloo.solo.io.FailoverPolicySpec',
      ['spec', 'applyToDestinations', 0, 'config'],
      ' It belongs to spec: check the indentation.',
    ],
    ['resilience.policy.gloo.solo.io.FailoverPolicySpec', ['config'], ' It belongs to spec: check the indentation.'],
    [
      'resilience.policy.gloo.solo.io.FailoverPolicySpec',
      ['spec', 'localityMappings'],
      ' It belongs to spec.config: check the indentation.',
    ],
    [
      'discovery.mesh.gloo.solo.io.DestinationSpec',
      ['spec', 'kubeService', 'endpoints'],
      ' It belongs to spec.kubeService.endpointSubsets[]: check the indentation.',
    ],
    [
      'discovery.mesh.gloo.solo.io.DestinationSpec',
      ['spec', 'region'],
      ' It belongs to spec.kubeService: check the indentation.',
    ],
    ['networking.gloo.solo.io.VirtualDestinationSpec', ['hosts'], ' It belongs to spec: check the indentation.'],
    // The field exists only far away, nowhere, or in several equally near places.
    ['resilience.policy.gloo.solo.io.FailoverPolicySpec', ['zone'], ''],
    ['resilience.policy.gloo.solo.io.FailoverPolicySpec', ['spec', 'nonsense'], ''],
    ['networking.mesh.gloo.solo.io.TrafficPolicySpec', ['spec', 'name'], ''],
  ];
  for (const [message, path, expected] of cases) {
    it(`is ${expected === '' ? 'empty' : 'the right place'} for ${path.join('.')} of ${message}`, () => {
      const schema = readSchemas()[message];
      assert.ok(schema);
      assert.equal(belongsTo(placesOf(schema), path), expected);
    });
  }
});
