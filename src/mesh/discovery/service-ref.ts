/** Which service a Destination declares. */
import type { DestinationSpec_KubeService as KubeService } from '../../generated/resources.js';
import { isDnsName } from '../model/address.js';
import type { ServiceRef } from '../model/model.js';

export function serviceOf({ ref }: Pick<KubeService, 'ref'>): ServiceRef {
  return { name: ref?.name ?? '', namespace: ref?.namespace ?? '', cluster: ref?.clusterName ?? '' };
}

/** Whether clients can call it: its name and namespace are parts of hostnames. */
export function isCallable({ name, namespace }: ServiceRef): boolean {
  return isDnsName(name) && isDnsName(namespace);
}
