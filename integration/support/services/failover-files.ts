/** The files of most tests: `reviews` in several sites, and its failover from one to the next. */
import type { ConfigFiles } from '../processes/control-plane.js';
import { failoverService, quickOutlierDetection } from './resources.js';
import { meshes } from './service.js';
import type { Site } from './site.js';

/**
 * `sites`: in the order of their tiers. Each has its Destination in a file of its own, `<site>.yaml`. A test that needs something else than
 * quick ejection or this FailoverService replaces `policies.yaml` or `failover.yaml`.
 */
export function failoverFiles(sites: readonly Site[], port: number): ConfigFiles {
  const clusters = sites.map(({ cluster }) => cluster);
  return {
    'meshes.yaml': meshes(...clusters),
    ...Object.fromEntries(sites.map((site) => [`${site.cluster}.yaml`, [site.destination()]])),
    'policies.yaml': [quickOutlierDetection(clusters)],
    'failover.yaml': [failoverService({ clusters, port })],
  };
}
