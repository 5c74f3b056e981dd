/** Subsets: the endpoints of a service that have specific labels. Independent of the policies that name them. */
import { compareText } from '../../../api/resource.js';
import type { EndpointGroup } from '../../model/model.js';
import { isLabelKey, isLabelValue } from './labels.js';
import { matchesLabels } from './selector-index.js';

export type SubsetLabels = Readonly<Record<string, string>>;

/** `track=canary,version=v1`. Identifies the subset in cluster names. Empty for all endpoints. */
export function formatSubset(labels: SubsetLabels): string {
  return Object.entries(labels)
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** The inverse of `formatSubset`. `undefined` for texts in another format. */
export function parseSubset(text: string): SubsetLabels | undefined {
  const pairs =
    text === '' ? [] : text.split(',').map((pair) => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? ''] as const);
  const labels = Object.fromEntries(pairs);
  return formatSubset(labels) === text ? labels : undefined;
}

/** The groups with only those endpoints that are in the subset. Returns the same list if there is no subset. */
export function inSubset(groups: readonly EndpointGroup[], labels: SubsetLabels | undefined): readonly EndpointGroup[] {
  if (labels === undefined) return groups;
  return groups.flatMap((group) => {
    const endpoints = group.endpoints.filter((endpoint) => matchesLabels(endpoint.labels, labels));
    return endpoints.length === 0 ? [] : [{ ...group, endpoints }];
  });
}

/** Whether the labels are valid in Kubernetes. Only valid labels can be part of a cluster name. */
export function isSubset(labels: SubsetLabels): boolean {
  return Object.entries(labels).every(([key, value]) => isLabelKey(key) && isLabelValue(value));
}
