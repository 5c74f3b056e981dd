/**
 * Findings about the effects of mappings and priority labels: localities and labels that no endpoint has, endpoints that no mapping
 * includes, and clients without a reachable endpoint. They depend on the current localities of endpoints and nodes.
 */
import type { FieldPath } from '../../api/resource.js';
import { didYouMean, suggest } from '../../api/suggest.js';
import type { Read } from '../../graph/index.js';
import type { Findings } from '../model/finding.js';
import type { Locality, LocalityMapping, MappedLocality } from '../model/model.js';
import { coversLocality, distributes } from '../preference/locality-order.js';
import type { OrderRule } from '../preference/order-rule.js';
import { formatLocality } from '../preference/rule-text.js';
import type { ListedClass } from './endpoint-class.js';
import type { PlaceTables } from './failover-places.js';

/** A failover destination that a rule orders. */
export interface OrderedTarget {
  /** Kind and name, such as `VirtualDestination reviews.bookinfo`. */
  readonly name: string;
  readonly classes: readonly ListedClass[];
}

/** The paths of a rule's mappings and labels. */
export interface RulePaths {
  readonly mappings: FieldPath;
  readonly labels: FieldPath;
}

/** `targets`: everything that the rule applies to. Targets without endpoints are ignored. */
export function checkRule(
  read: Read,
  findings: Findings,
  rule: OrderRule,
  paths: RulePaths,
  targets: readonly OrderedTarget[],
  places: PlaceTables,
): void {
  const classes = targets.flatMap((target) => target.classes);
  if (classes.length === 0) return;
  if (rule.type === 'labelKeys' || rule.type === 'labelValues') checkLabels(findings, rule, paths.labels, classes);
  if (rule.type !== 'locality') return;
  rule.mappings.forEach((mapping, i) => {
    const at = [...paths.mappings, i];
    checkFrom(read, findings, mapping.from, at, classes, places);
    mapping.to.forEach((target, j) => {
      checkTo(read, findings, mapping, target, [...at, 'to', j], classes, places);
    });
    for (const target of targets) checkReach(findings, mapping, at, target);
  });
  if (rule.mappings.length > 0)
    for (const target of targets) checkRegions(findings, rule.mappings, paths.mappings, target);
}

function checkFrom(
  read: Read,
  findings: Findings,
  from: Locality,
  path: FieldPath,
  classes: readonly ListedClass[],
  places: PlaceTables,
): void {
  if (from.region === '' || isIn(from, classes) || places.hasEndpointOrNode(read, from)) return;
  const what = from.region === '*' ? '"*" is the name of a region here, not a wildcard. ' : '';
  const message = `${what}No endpoint and no node is in ${formatLocality(from)}, so the mapping applies only to proxies with that locality.${nearest(from, classes)}`;
  findings.warning('LocalityNotFound', [...path, 'from'], message);
}

function checkTo(
  read: Read,
  findings: Findings,
  mapping: LocalityMapping,
  { locality, weight }: MappedLocality,
  path: FieldPath,
  classes: readonly ListedClass[],
  places: PlaceTables,
): void {
  if (locality.region === '' || isIn(locality, classes)) return;
  const what = locality.region === '*' ? '"*" is the name of a region here, not a wildcard. ' : '';
  const others = mapping.to.some((other) => isIn(other.locality, classes));
  const share =
    distributes(mapping) && others
      ? `: its weight${weight === undefined ? '' : ` of ${String(weight)}`} goes to the other targets`
      : '';
  findings.warning(
    'LocalityNotFound',
    path,
    `${what}No endpoint is in ${formatLocality(locality)}${share}.${places.hasEndpointOrNode(read, locality) ? whereElse(classes) : nearest(locality, classes)}`,
  );
}

function checkReach(
  findings: Findings,
  mapping: LocalityMapping,
  path: FieldPath,
  { name, classes }: OrderedTarget,
): void {
  if (
    classes.length === 0 ||
    (!distributes(mapping) && isIn(mapping.from, classes)) ||
    mapping.to.some(({ locality }) => isIn(locality, classes))
  )
    return;
  const to = mapping.to.map(({ locality }) => formatLocality(locality)).join(' or ');
  const allowed = [...(distributes(mapping) ? [] : [formatLocality(mapping.from)]), ...(to === '' ? [] : [to])].join(
    ' or ',
  );
  const message = `Requests of clients in ${formatLocality(mapping.from)} fail, because no endpoint of ${name} is in ${allowed}. Endpoints are in ${listPlaces(classes)}.`;
  findings.error('NothingReachable', path, message);
}

function checkRegions(
  findings: Findings,
  mappings: readonly LocalityMapping[],
  path: FieldPath,
  { name, classes }: OrderedTarget,
): void {
  const without = classes.filter(
    ({ locality }) =>
      locality.region === '' &&
      !mappings.some(({ from, to }) =>
        [from, ...to.map((target) => target.locality)].some((place) => coversLocality(place, locality)),
      ),
  );
  if (without.length === 0) return;
  const clusters = [...new Set(without.map(({ cluster }) => cluster))].filter((cluster) => cluster !== '');
  const where = clusters.length === 0 ? '' : ` in ${clusters.join(', ')}`;
  findings.warning(
    'EndpointWithoutRegion',
    path,
    `Endpoints of ${name}${where} have no region, so no mapping includes them. Clients to which a mapping applies never use them. Set the region of the Destination, or the topology labels of the Node.`,
  );
}

function checkLabels(
  findings: Findings,
  rule: Extract<OrderRule, { type: 'labelKeys' | 'labelValues' }>,
  path: FieldPath,
  classes: readonly ListedClass[],
): void {
  const wanted = rule.type === 'labelKeys' ? rule.keys.map((key) => ({ key, value: undefined })) : rule.pairs;
  wanted.forEach(({ key, value }, i) => {
    const values = [...new Set(classes.map(({ labels }) => labels[key] ?? ''))].filter((text) => text !== '').sort();
    if (value === undefined ? values.length > 0 : values.includes(value)) return;
    const label = value === undefined ? key : `${key}=${value}`;
    const known =
      values.length === 0
        ? ` No endpoint has a label ${key}.`
        : ` Endpoints have ${values.map((text) => `${key}=${text}`).join(', ')}.`;
    findings.warning(
      'LabelNotFound',
      [...path, i],
      `No endpoint has the label ${label}, so it does not affect the order.${value === undefined ? '' : known}`,
    );
  });
}

function isIn(place: Locality, classes: readonly ListedClass[]): boolean {
  return classes.some(({ locality }) => coversLocality(place, locality));
}

/** A locality without endpoints and nodes may be misspelt, so the message suggests a similar one. */
function nearest(place: Locality, classes: readonly ListedClass[]): string {
  const texts = [...new Set(classes.flatMap(({ locality: { region, zone } }) => [region, `${region}/${zone}`]))].filter(
    (text) => text !== '' && !text.endsWith('/'),
  );
  const near = suggest(formatLocality(place), texts);
  return near === undefined ? whereElse(classes) : didYouMean(near);
}

function whereElse(classes: readonly ListedClass[]): string {
  return ` Endpoints are in ${listPlaces(classes)}.`;
}

/** The maximum number of places in a message. */
const MOST_PLACES = 8;

function listPlaces(classes: readonly ListedClass[]): string {
  const places = [...new Set(classes.map(({ locality }) => formatLocality(locality) || 'no locality'))].sort();
  const more = places.length > MOST_PLACES ? ` and ${String(places.length - MOST_PLACES)} more` : '';
  return `${places.slice(0, MOST_PLACES).join(', ')}${more}`;
}
