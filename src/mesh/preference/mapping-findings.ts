/** Findings about locality mappings, in a FailoverPolicy or in a VirtualDestination. */
import type { FieldPath } from '../../api/resource.js';
import type { Findings } from '../model/finding.js';
import type { LocalitySpec, MappingSpec } from './mapping.js';

/** Mappings, or the failover directives of a VirtualDestination, which have no weights. */
export function checkDirectives(findings: Findings, mappings: readonly MappingSpec[], path: FieldPath): void {
  const origins = new Map<string, number>();
  mappings.forEach((mapping, i) => {
    const at = [...path, i];
    checkMapping(findings, mapping, at);
    const from = formatLocality(mapping.from ?? {});
    const twin = origins.get(from);
    if (twin !== undefined) {
      findings.error(
        'RepeatedLocality',
        [...at, 'from'],
        `The mappings [${twin}] and [${i}] are both from ${from}. Merge them.`,
      );
    }
    origins.set(from, i);
  });
}

function checkMapping(findings: Findings, { from = {}, to = [] }: MappingSpec, path: FieldPath): void {
  if (!from.region)
    findings.error('MissingRegion', [...path, 'from', 'region'], 'Missing required field "from.region".');
  else if (to.length === 0) {
    const place = formatLocality(from);
    findings.warning(
      'MissingField',
      path,
      `The mapping from ${place} has no "to": when the endpoints in ${place} fail, requests from there fail. List the localities to fail over to.`,
    );
  }
  const seen = new Map<string, number>();
  to.forEach((target, i) => {
    const at = [...path, 'to', i];
    if (!target.region) findings.error('MissingRegion', [...at, 'region'], 'Missing required field "to.region".');
    const text = formatLocality(target);
    const twin = seen.get(text);
    checkReachable(findings, { from, to }, i, at);
    if (twin !== undefined)
      findings.error('RepeatedLocality', at, `The targets [${twin}] and [${i}] are both ${text}. Merge them.`);
    seen.set(text, i);
    if (
      target.weight === undefined &&
      to.every(({ weight }) => weight === undefined) &&
      text === formatLocality(from)
    ) {
      findings.error(
        'RepeatedLocality',
        at,
        `The target ${text} equals "from", where traffic goes first. Remove it, or set weights.`,
      );
    }
  });
  checkWeights(findings, to, path);
}

/** Without weights, an endpoint belongs to the first tier that covers it: `from`, then the targets in their order. */
function checkReachable(findings: Findings, { from = {}, to = [] }: MappingSpec, index: number, path: FieldPath): void {
  const target = to[index];
  if (!target?.region || to.some(({ weight }) => weight !== undefined)) return;
  const earlier = [from, ...to.slice(0, index)].find((other) => isInside(target, other));
  if (earlier === undefined) return;
  const outer =
    earlier === from
      ? `"from" ${formatLocality(from)}, where traffic goes first, the nearest endpoints before the others`
      : `the earlier target ${formatLocality(earlier)}`;
  findings.warning(
    'UnreachableLocality',
    path,
    `The target ${formatLocality(target)} is inside ${outer}, so it has no effect. Remove it, or set weights.`,
  );
}

/** Whether `inner` is a proper part of `outer`. */
function isInside(inner: LocalitySpec, outer: LocalitySpec): boolean {
  return formatLocality(inner).startsWith(`${formatLocality(outer)}/`);
}

function checkWeights(findings: Findings, to: readonly LocalitySpec[], path: FieldPath): void {
  const weights = to.flatMap(({ weight }) => (weight === undefined ? [] : [weight]));
  if (weights.length === 0) return;
  to.forEach(({ weight }, i) => {
    if (weight === undefined || (weight >= 1 && weight <= 100)) return;
    findings.error(
      'InvalidWeights',
      [...path, 'to', i, 'weight'],
      `Invalid weight ${weight}: must be between 1 and 100, inclusive.`,
    );
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const missing = to.length - weights.length;
  if (missing === 0 && sum !== 100) {
    findings.error('InvalidWeights', [...path, 'to'], `The weights add up to ${sum}. They must add up to 100.`);
  }
  if (missing > 0 && 100 - sum < missing) {
    const message = `The weights add up to ${sum}, which leaves less than 1 for each of the ${missing} targets without one.`;
    findings.error('InvalidWeights', [...path, 'to'], message);
  }
}

function formatLocality({ region = '', zone = '', subZone = '' }: LocalitySpec): string {
  return [region, zone, subZone].join('/').replace(/\/+$/, '');
}
