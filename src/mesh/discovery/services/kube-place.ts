/**
 * Localities from the labels of Kubernetes nodes and pods.
 * https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesioregion
 */
import type { Locality } from '../../model/model.js';

type Labels = Readonly<Record<string, string>>;

/** Labels in order of precedence. The second ones are those of Kubernetes before 1.17. */
const regionLabels = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];
const zoneLabels = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];
/** Kubernetes has no label for sub-zones. This is Istio's. */
const subZoneLabels = ['topology.istio.io/subzone'];

/** The locality that the labels contain. Parts without a label are empty. */
export function localityOf(labels: Labels): Locality {
  return {
    region: firstOf(labels, regionLabels),
    zone: firstOf(labels, zoneLabels),
    subZone: firstOf(labels, subZoneLabels),
  };
}

/** The locality from Istio's label of a pod, `region.zone.subzone` or `region/zone/subzone`. `undefined` without the label. */
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
