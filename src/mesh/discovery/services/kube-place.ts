/**
 * Where a Kubernetes node is.
 * https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesioregion
 */
import type { Locality } from '../../model/model.js';

type Labels = Readonly<Record<string, string>>;

/** The labels in order of preference; the later ones are from before Kubernetes 1.17. */
const regionLabels = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];
const zoneLabels = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];
/** Kubernetes has no sub-zones; this is Istio's. */
const subZoneLabels = ['topology.istio.io/subzone'];

/** The locality that the labels tell; parts that they do not are empty. */
export function localityOf(labels: Labels): Locality {
  return {
    region: firstOf(labels, regionLabels),
    zone: firstOf(labels, zoneLabels),
    subZone: firstOf(labels, subZoneLabels),
  };
}

/** Istio's label by which a pod says where it is, `region.zone.subzone` or with slashes; `undefined` where it has none. */
export function ownLocalityOf(labels: Labels): Locality | undefined {
  const text = labels['istio-locality'];
  if (text === undefined || text === '') return undefined;
  const [region = '', zone = '', subZone = ''] = text.split(text.includes('/') ? '/' : '.');
  return { region, zone, subZone };
}

function firstOf(labels: Labels, keys: readonly string[]): string {
  for (const key of keys) {
    const value = labels[key];
    if (value !== undefined && value !== '') return value;
  }
  return '';
}
