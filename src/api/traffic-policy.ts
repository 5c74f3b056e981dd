/** Converts TrafficPolicies to one shape. Version `v1alpha2` has the settings in `spec`, `v1` in `spec.policy`. */
import type { TrafficPolicySpec } from '../generated/resources.js';
import type { Violation } from './decode-validate.js';
import type { FieldPath } from './resource.js';

/** Moves all settings to `policy`, as in `v1`. Returns the spec itself if they are there already. */
export function normalizeTrafficPolicy(spec: TrafficPolicySpec): TrafficPolicySpec {
  const { sourceSelector, destinationSelector, httpRequestMatchers, routeSelector, policy, ...direct } = spec;
  if (Object.keys(direct).length === 0) return spec;
  return Object.freeze({
    ...(sourceSelector && { sourceSelector }),
    ...(destinationSelector && { destinationSelector }),
    ...(httpRequestMatchers && { httpRequestMatchers }),
    ...(routeSelector && { routeSelector }),
    policy: Object.freeze({ ...direct, ...policy }),
  });
}

/** Reports settings that are in both places. The one in `policy` applies. */
export function repeatedSettings(spec: TrafficPolicySpec): readonly Violation[] {
  return Object.keys(spec.policy ?? {})
    .filter((field) => Object.hasOwn(spec, field))
    .map((field) => {
      const message = `${field} is set in spec and in spec.policy. The one in spec.policy applies. Remove the other one.`;
      return { path: ['spec', field], code: 'RepeatedField', message };
    });
}

/** The path in the document of a field of the normalized policy. */
export function writtenTrafficPolicyPath(document: Readonly<Record<string, unknown>>, path: FieldPath): FieldPath {
  const [spec, policy, field, ...rest] = path;
  if (spec !== 'spec' || policy !== 'policy') return path;
  const written = document['spec'] as { readonly policy?: Readonly<Record<string, unknown>> } | undefined;
  if (field === undefined) return written?.policy === undefined ? ['spec'] : path;
  const nested = Object.hasOwn(written?.policy ?? {}, field) || !Object.hasOwn(written ?? {}, field);
  return nested ? path : ['spec', field, ...rest];
}
