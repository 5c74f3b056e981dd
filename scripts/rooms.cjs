/** The order of the rooms of each folder of src. `.dependency-cruiser.cjs` checks it. ARCHITECTURE.md describes the rooms. */

/** By folder. A room imports only from the rooms before it. */
const ROOMS = {
  mesh: [
    'model',
    'preference',
    'discovery/services',
    'discovery/external',
    'discovery/kubernetes',
    'discovery',
    'policies/selection',
    'policies/requests',
    'policies/upstreams',
    'policies',
    'failovers',
    'clusters',
    'offers',
  ],
  envoy: ['fields', 'rows', 'clusters', 'routes', 'listeners', 'grpc'],
  'control-plane': ['api', 'inputs', 'clients', 'views', 'reports', 'snapshots', 'explain'],
  admin: ['queries', 'metrics', 'routes'],
};

module.exports = { ROOMS };
