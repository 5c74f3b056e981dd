/** The types of resources that the server supports. */
import { typeUrl } from '../../proto/envoy-types.js';

export const resourceTypes = {
  cluster: 'envoy.config.cluster.v3.Cluster',
  endpoint: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
  listener: 'envoy.config.listener.v3.Listener',
  route: 'envoy.config.route.v3.RouteConfiguration',
} as const;

export const typeUrls = {
  cluster: typeUrl(resourceTypes.cluster),
  endpoint: typeUrl(resourceTypes.endpoint),
  listener: typeUrl(resourceTypes.listener),
  route: typeUrl(resourceTypes.route),
} as const;
