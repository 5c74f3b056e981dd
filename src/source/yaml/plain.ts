/**
 * Converts a YAML tree into frozen plain data with JSON's types. Time and size are linear in the text, even with aliases. It must
 * not know what the data means.
 */
import {
  type Alias,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
  isAlias,
  isMap,
  isScalar,
  isSeq,
} from 'yaml';
import type { DiagnosticCode } from '../../api/codes.js';
import { describe, inOneLine } from '../../api/describe.js';
import type { ValuePool } from './value-pool.js';
import { plainKey, plainScalar } from './plain-scalar.js';
import { MAX_SYNTAX_FINDINGS, type SyntaxLimits } from './limits.js';

/** A finding with the offset of its node. */
export interface OffsetFinding {
  readonly offset: number;
  readonly code: DiagnosticCode;
  readonly message: string;
}

export interface PlainData {
  readonly value: unknown;
  readonly findings: readonly OffsetFinding[];
}

/** A value that has an anchor, with the size that an alias to it adds. */
interface Anchored {
  readonly value: unknown;
  readonly values: number;
  readonly height: number;
}

interface Conversion {
  readonly pool: ValuePool;
  readonly limits: SyntaxLimits;
  readonly anchors: Map<string, Anchored | 'open'>;
  readonly findings: OffsetFinding[];
  values: number;
  aliased: number;
  deepest: number;
}

type Mapping = Record<string, unknown>;
type AnyNode = ParsedNode | Pair | null | undefined;

export const MERGE_KEY = '<<';
const FORBIDDEN_KEY = '__proto__';

/** Converts a tree. If there are findings, the value must not be used. */
export function toPlainData(root: AnyNode, pool: ValuePool, limits: SyntaxLimits): PlainData {
  const conversion: Conversion = { pool, limits, anchors: new Map(), findings: [], values: 0, aliased: 0, deepest: 0 };
  const value = convert(conversion, root, 0);
  return { value, findings: conversion.findings };
}

/** Whether a key is YAML's `<<`, which merges the entries of other mappings: https://yaml.org/type/merge.html */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === MERGE_KEY;
}

/** A mapping's key as Kubernetes reads it; `undefined` if it is not a scalar. */
export function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  if (isPlain(key)) return key.source === '' ? undefined : plainKey(key.source);
  return typeof key.value === 'string' ? key.value : key.source;
}

/** Whether a scalar is unquoted, so that its text determines its type. */
function isPlain(scalar: Scalar): scalar is Scalar & { readonly source: string } {
  return scalar.type === 'PLAIN' && scalar.tag === undefined && scalar.source !== undefined;
}

function convert(conversion: Conversion, node: AnyNode, depth: number): unknown {
  conversion.values++;
  conversion.deepest = Math.max(conversion.deepest, depth);
  if (node === null || node === undefined) return null;
  if (isAlias(node)) return convertAlias(conversion, node, depth);
  const anchor = 'anchor' in node ? node.anchor : undefined;
  return anchor === undefined
    ? convertValue(conversion, node, depth)
    : convertAnchored(conversion, anchor, node, depth);
}

function convertAnchored(conversion: Conversion, anchor: string, node: AnyNode, depth: number): unknown {
  const { values, deepest } = conversion;
  conversion.anchors.set(anchor, 'open');
  conversion.deepest = depth;
  const value = convertValue(conversion, node, depth);
  conversion.anchors.set(anchor, { value, values: conversion.values - values + 1, height: conversion.deepest - depth });
  conversion.deepest = Math.max(conversion.deepest, deepest);
  return value;
}

function convertAlias(conversion: Conversion, alias: Alias.Parsed | Alias, depth: number): unknown {
  const anchored = conversion.anchors.get(alias.source);
  const fail = (message: string): null => report(conversion, alias, 'InvalidAlias', message);
  if (anchored === undefined) return fail(`There is no anchor &${alias.source} before this alias.`);
  if (anchored === 'open') return fail(`The anchor &${alias.source} contains an alias to itself.`);
  conversion.values += anchored.values;
  conversion.aliased += anchored.values;
  conversion.deepest = Math.max(conversion.deepest, depth + anchored.height);
  if (conversion.findings.some(({ code }) => code === 'InvalidAlias')) return null;
  const { limits } = conversion;
  if (conversion.aliased > limits.aliasedValues)
    return fail(`The aliases expand to more than ${limits.aliasedValues} values (--max-aliased-values).`);
  if (depth + anchored.height > limits.depth)
    return fail(`The aliases nest deeper than ${limits.depth} levels (--max-depth).`);
  return anchored.value;
}

function convertValue(conversion: Conversion, node: AnyNode, depth: number): unknown {
  if (isMap(node)) return convertMap(conversion, node, depth);
  if (isSeq(node)) return convertSeq(conversion, node, depth);
  if (isScalar(node)) return scalarValue(conversion, node);
  return report(conversion, node, 'InvalidYaml', 'A resource cannot have a value of this type.');
}

function convertSeq(conversion: Conversion, seq: YAMLSeq, depth: number): readonly unknown[] {
  return Object.freeze(seq.items.map((item) => convert(conversion, item as AnyNode, depth + 1)));
}

function convertMap(conversion: Conversion, map: YAMLMap, depth: number): Readonly<Mapping> {
  const result: Mapping = {};
  const merged: unknown[] = [];
  for (const { key, value } of map.items) {
    const node = value as AnyNode;
    if (isMergeKey(key)) {
      for (const source of mergeSources(conversion, key, convert(conversion, node, depth + 1))) merged.push(source);
    } else {
      const text = checkedKey(conversion, result, key);
      anchorKey(conversion, key);
      const plain = convert(conversion, node, depth + 1);
      if (text !== undefined) result[text] = plain;
    }
  }
  for (const source of merged) mergeEntries(result, source as Mapping);
  return conversion.pool.mapping(result);
}

function checkedKey(conversion: Conversion, result: Mapping, key: unknown): string | undefined {
  const text = keyText(key);
  if (text === undefined) {
    report(conversion, key, 'InvalidYaml', 'The key of a mapping must be a string.');
  } else if (text === FORBIDDEN_KEY) {
    report(conversion, key, 'ForbiddenKey', `The key "${FORBIDDEN_KEY}" is not allowed.`);
  } else if (Object.hasOwn(result, text)) {
    report(conversion, key, 'DuplicateKey', `The key ${describe(text)} appears twice in this mapping.`);
  } else {
    return text;
  }
  return undefined;
}

function anchorKey(conversion: Conversion, key: unknown): void {
  if (!isScalar(key) || key.anchor === undefined) return;
  conversion.anchors.set(key.anchor, { value: scalarValue(conversion, key), values: 1, height: 0 });
}

function mergeSources(conversion: Conversion, key: unknown, value: unknown): readonly unknown[] {
  const sources: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isMapping = (source: unknown): boolean =>
    typeof source === 'object' && source !== null && !Array.isArray(source);
  if (sources.every(isMapping)) return sources;
  // If an alias cannot be resolved, that is already a finding.
  if (conversion.findings.length === 0) {
    report(conversion, key, 'InvalidYaml', `The merge key "${MERGE_KEY}" takes a mapping or a list of mappings.`);
  }
  return [];
}

/** The mapping's own keys take precedence, then earlier sources over later ones. */
function mergeEntries(result: Mapping, source: Readonly<Mapping>): void {
  for (const [key, value] of Object.entries(source)) {
    if (!Object.hasOwn(result, key)) result[key] = value;
  }
}

/** Values that JSON does not have, such as dates and infinities, are strings as written. */
function scalarValue({ pool }: Conversion, scalar: Scalar): unknown {
  const value = isPlain(scalar) ? plainScalar(scalar.source) : scalar.value;
  if (typeof value === 'string') return pool.text(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : (scalar.source ?? null);
  return typeof value === 'boolean' || value === null ? value : (scalar.source ?? null);
}

function report(conversion: Conversion, node: unknown, code: DiagnosticCode, message: string): null {
  if (conversion.findings.length >= MAX_SYNTAX_FINDINGS) return null;
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  const offset: unknown = Array.isArray(range) ? range[0] : 0;
  conversion.findings.push({ offset: typeof offset === 'number' ? offset : 0, code, message: inOneLine(message) });
  return null;
}
