/** The service that a Destination declares, and its ports. */
import type {
  DestinationSpec_KubeService as KubeService,
  DestinationSpec_KubeService_KubeServicePort as KubeServicePort,
} from '../../../generated/resources.js';
import { isClusterName, isDnsName } from '../../model/address.js';
import { type ServiceKey, serviceKey } from '../../model/kube-key.js';
import type { ServiceRef } from '../../model/model.js';
import { protocolOf } from '../../model/protocol.js';

export function serviceOf({ ref }: Pick<KubeService, 'ref'>): ServiceRef {
  return { name: ref?.name ?? '', namespace: ref?.namespace ?? '', cluster: ref?.clusterName ?? '' };
}

/** The service that a reference names. Gloo Mesh calls the reference a ClusterObjectRef. */
export function namedService(ref: {
  readonly name?: string;
  readonly namespace?: string;
  readonly clusterName?: string;
}): ServiceKey {
  return serviceKey({ name: ref.name ?? '', namespace: ref.namespace ?? '', cluster: ref.clusterName ?? '' });
}

/** The ports of the service. If a port does not declare its protocol, the `appProtocol` of its endpoints applies. */
export function portsOf({
  ports = [],
  endpointSubsets = [],
}: Pick<KubeService, 'ports' | 'endpointSubsets'>): readonly KubeServicePort[] {
  const told = new Map<string, string>();
  for (const { ports: own = [] } of endpointSubsets)
    for (const { name = '', appProtocol = '' } of own) if (appProtocol !== '') told.set(name, appProtocol);
  if (told.size === 0) return ports;
  return ports.map((port) => {
    const appProtocol = told.get(port.name ?? '');
    return appProtocol !== undefined && protocolOf(port)?.guessed === true ? { ...port, appProtocol } : port;
  });
}

/** Whether clients can call the service. Its name, namespace and cluster must be valid parts of hostnames. */
export function isCallable(service: ServiceRef): boolean {
  const { name, namespace, cluster } = service;
  return isDnsName(name) && isDnsName(namespace) && isClusterName(cluster) && tooLongHostname(service) === undefined;
}

/** The problem with the length of the service's hostname. `undefined` if there is none. */
export function tooLongHostname({ name, namespace, cluster }: ServiceRef): string | undefined {
  const { length } = `${name}.${namespace}.svc.${cluster === '' ? 'cluster.local' : `${cluster}.global`}`;
  return length <= LONGEST_HOSTNAME
    ? undefined
    : `its hostname would have ${length} characters, and a hostname has at most ${LONGEST_HOSTNAME}`;
}

/** https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
const LONGEST_HOSTNAME = 253;
