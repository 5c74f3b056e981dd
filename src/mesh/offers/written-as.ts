/** How findings call a destination, and which resource and field define it. */
import type { FieldPath, ResourceRef } from '../../api/resource.js';
import type { Read } from '../../graph/index.js';
import type { DestinationTables } from '../discovery/destinations.js';
import { type MeshTables, meshesMeet } from '../discovery/services/meshes.js';
import { type Destination, type FailoverDestination, describeService } from '../model/model.js';
import { formatObject } from '../model/object-ref.js';
import { NO_MESH } from '../model/object-key.js';

/** The resource that findings about the destination belong to, and the path of its ports. */
export interface WrittenAs {
  readonly ref: ResourceRef;
  readonly ports: FieldPath;
}

/** The Destination resource, or the Service that the destination was discovered from. */
export function writtenAs(read: Read, { key, ref, service }: Destination, { discovery }: DestinationTables): WrittenAs {
  if (service === undefined || read(discovery.destinations, key) === undefined) {
    return {
      ref: { kind: 'Destination', ...ref },
      ports: ['spec', service ? 'kubeService' : 'externalService', 'ports'],
    };
  }
  const { name, namespace, cluster } = service;
  return { ref: { kind: 'Service', name, namespace, ...(cluster !== '' && { cluster }) }, ports: ['spec', 'ports'] };
}

export function describeDestination({ service, ref }: Destination): string {
  return service === undefined ? formatObject(ref) : describeService(service);
}

/** Whether any client sees both. */
export function sharesClients(
  read: Read,
  { meshes: seenFrom = [NO_MESH] }: FailoverDestination,
  { mesh }: Destination,
  meshes: MeshTables,
): boolean {
  return seenFrom.some((from) => from === NO_MESH || meshesMeet(read, meshes, from, mesh));
}
