/** The rooms of the folders of src that have an order: `.dependency-cruiser.cjs` checks it, ARCHITECTURE.md says what each room is for. */

/** By folder; a room imports only from those before it. */
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
