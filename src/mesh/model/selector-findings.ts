/** Findings about the values of a selector. Without them an impossible value would select nothing, or match everything, without a message. */
import type { FieldPath } from '../../api/resource.js';
import type { Findings } from './finding.js';

const objectName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const labelKey = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** The name of an object or namespace. Absent: any. */
export function checkName(findings: Findings, name: string | undefined, path: FieldPath): void {
  if (name !== undefined && !objectName.test(name)) report(findings, name, 'the name of an object', path);
}

/** The name of a cluster or workspace: any text except a pattern. */
export function checkPlace(findings: Findings, name: string | undefined, path: FieldPath): void {
  if (name !== undefined && (name === '' || name.includes('*'))) report(findings, name, 'a name', path);
}

export function checkNames(findings: Findings, names: readonly string[] | undefined, path: FieldPath): void {
  names?.forEach((name, i) => checkName(findings, name, [...path, i]));
}

export function checkPlaces(findings: Findings, names: readonly string[] | undefined, path: FieldPath): void {
  names?.forEach((name, i) => checkPlace(findings, name, [...path, i]));
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export function checkSelectorLabels(
  findings: Findings,
  labels: Readonly<Record<string, string>> | undefined,
  path: FieldPath,
): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (!labelKey.test(key)) report(findings, key, 'the key of a label', [...path, key]);
    else if (!labelValue.test(value)) report(findings, value, 'the value of a label', [...path, key]);
  }
}

function report(findings: Findings, text: string, noun: string, path: FieldPath): void {
  const hint = text.includes('*')
    ? ' Selectors do not support wildcards. Remove the field to select all.'
    : text === ''
      ? ' Remove the field to select all.'
      : '';
  findings.error('InvalidSelector', path, `${JSON.stringify(text)} is not ${noun}, so nothing is selected.${hint}`);
}
