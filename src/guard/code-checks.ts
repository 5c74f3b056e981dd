/**
 * The checks in Envoy's code, which `validate.rules` do not express, by full name of the message. They run after the checks of the fields.
 */
import { regexProblem } from '../re2/re2.js';
import { checkCluster } from './cluster-checks.js';
import { checkLoadAssignment } from './endpoint-checks.js';
import { checkHeaderOption, checkRemovedHeaders } from './header-checks.js';
import { checkListener } from './listener-checks.js';
import { type CodeCheck, textsOf } from './message-parts.js';
import { checkRouteConfiguration, checkVirtualHost, checkWeights } from './route-checks.js';

/** By full name of the message. */
export function createCodeChecks(): Readonly<Record<string, CodeCheck>> {
  return { ...plainChecks, 'envoy.type.matcher.v3.RegexMatcher': regexCheck() };
}

const plainChecks: Readonly<Record<string, CodeCheck>> = {
  'envoy.config.core.v3.HeaderValueOption': checkHeaderOption,
  'envoy.config.route.v3.VirtualHost': checkVirtualHost,
  'envoy.config.route.v3.RouteConfiguration': checkRouteConfiguration,
  'envoy.config.route.v3.Route': checkRemovedHeaders(12, 11),
  'envoy.config.route.v3.WeightedCluster': checkWeights,
  'envoy.config.route.v3.WeightedCluster.ClusterWeight': checkRemovedHeaders(9, 6),
  'envoy.config.listener.v3.Listener': checkListener,
  'envoy.config.cluster.v3.Cluster': checkCluster,
  'envoy.config.endpoint.v3.ClusterLoadAssignment': checkLoadAssignment,
};

/** Size of the cache of expressions: thousands of routes share a few. */
const MAX_EXPRESSIONS = 256;

function regexCheck(): CodeCheck {
  const known = new Map<string, string | undefined>();
  return (bytes) => {
    const [regex = ''] = textsOf(bytes, 2);
    if (!known.has(regex)) {
      if (known.size >= MAX_EXPRESSIONS) known.clear();
      known.set(regex, regexProblem(regex));
    }
    const problem = known.get(regex);
    return problem === undefined ? undefined : { path: 'regex', problem };
  };
}
