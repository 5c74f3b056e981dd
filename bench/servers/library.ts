/**
 * The xDS server as a library alone. All resources are encoded at the start, and each change puts one again. Arguments: the number of services,
 * and the transport.
 */
import { type EnvoyMessageName, encodeEnvoyMessage, typeUrl } from '../../src/proto/envoy-types.js';
import { ResourceStore, XdsServer, encodeResource } from '../../src/xds/index.js';
import { clusterMessage, loadAssignmentMessage } from '../world/messages.js';
import { clusterName } from '../world/names.js';
import { announce, listenForChanges } from './control.js';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const LOAD_ASSIGNMENT = 'envoy.config.endpoint.v3.ClusterLoadAssignment';

const store = new ResourceStore();
const server = new XdsServer({ provider: store });

function put(type: EnvoyMessageName, index: number, message: object): void {
  const name = clusterName(index);
  store.put(
    encodeResource(typeUrl(type), name, encodeEnvoyMessage(type, message), type === CLUSTER ? { endpoints: name } : {}),
  );
}

for (let index = 0; index < Number(process.argv[2]); index += 1) {
  put(CLUSTER, index, clusterMessage(index));
  put(LOAD_ASSIGNMENT, index, loadAssignmentMessage(index));
}
const { port: PORT } = await server.listen('127.0.0.1:0', {
  transport: process.argv[3] === 'grpc-js' ? 'grpc-js' : 'http2',
});
const CONTROL = await listenForChanges((index, endpointPort) => {
  server.transaction(() => put(LOAD_ASSIGNMENT, index, loadAssignmentMessage(index, endpointPort)));
});
announce(PORT, CONTROL);
