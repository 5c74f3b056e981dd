/**
 * Labels with the syntax of Kubernetes. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
import type { FieldPath } from '../../../api/resource.js';
import type { Findings } from '../../model/finding.js';

export type Labels = Readonly<Record<string, string>>;

const prefix = /^(?=.{1,253}\/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\//;
const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

export function isLabelKey(key: string): boolean {
  return name.test(key.replace(prefix, ''));
}

export function isLabelValue(value: string): boolean {
  return value === '' || name.test(value);
}

function isLabel([key, value]: readonly [string, string]): boolean {
  return isLabelKey(key) && isLabelValue(value);
}

/** The valid labels, which selectors can use. Returns the same object if all labels are valid. */
export function usableLabels(labels: Labels): Labels {
  const pairs = Object.entries(labels);
  return pairs.every(isLabel) ? labels : Object.fromEntries(pairs.filter(isLabel));
}

export function checkLabels(findings: Findings, labels: Labels | undefined, path: FieldPath): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (isLabel([key, value])) continue;
    const [what, text] = isLabelKey(key) ? ['value', value] : ['key', key];
    const message = `Invalid label ${what} ${JSON.stringify(text)}: must consist of at most 63 letters, digits, '-', '_' and '.', and begin and end with a letter or digit. The label is ignored.`;
    findings.error('InvalidLabel', [...path, key], message);
  }
}
