/** Parses the text of one document into frozen plain data, with the positions of fields. It must not know resources. */
import type { FieldPath } from '../../api/resource.js';
import { composeDocument } from './compose.js';
import { MAX_COMMON_DEPTH } from './common-flow.js';
import { parseCommonYaml } from './common-yaml.js';
import { type TextPosition, type TextFinding, textPositionAt, textPositionsIn } from './finding.js';
import { type ValuePool, NO_POOL } from './value-pool.js';
import { DEFAULT_READ_LIMITS, type SyntaxLimits } from './limits.js';
import { jsonOffsets, jsonScalars, parseJson } from './json.js';
import { yamlOffset, yamlScalar } from './locate.js';
import { toPlainData } from './plain.js';
import { runToEnd } from '../../turns/run-to-end.js';

export interface ParsedText {
  /** Absent if the text cannot be parsed. An empty document is `null`. */
  readonly value?: unknown;
  /** Errors if there is no value, else warnings. */
  readonly findings: readonly TextFinding[];
  /** The position of a field, or of its nearest existing ancestor. References the syntax tree, which stays in memory. */
  readonly positionOf: (path: FieldPath) => TextPosition;
  /** The source text of a number, boolean or null (`0x10`, `yes`); `undefined` for other values. */
  readonly written: (path: FieldPath) => string | undefined;
}

/** {@link parseInSteps} at once. Default: within the default limits. */
export function parseText(
  text: string,
  pool: ValuePool = NO_POOL,
  limits: SyntaxLimits = DEFAULT_READ_LIMITS,
): ParsedText {
  return runToEnd(parseInSteps(text, pool, limits));
}

/** Parses the text of one document, YAML or JSON. Strings are taken from `pool`. Never throws. */
export function* parseInSteps(text: string, pool: ValuePool, limits: SyntaxLimits): Generator<void, ParsedText> {
  const json = parseJson(text, limits.depth);
  if (json !== undefined) {
    const [positions, offsetOf] = [textPositionsIn(text), jsonOffsets(text)];
    return { value: json, findings: [], positionOf: (path) => positions(offsetOf(path)), written: jsonScalars(text) };
  }
  const value = limits.depth < MAX_COMMON_DEPTH ? undefined : parseCommonYaml(text, pool);
  if (value === undefined) return yield* yamlInSteps(text, pool, limits);
  let whole: ParsedText | undefined;
  const parsed = (): ParsedText => (whole ??= parseYaml(text, NO_POOL, limits));
  return {
    value,
    findings: [],
    positionOf: (path) => parsed().positionOf(path),
    written: (path) => parsed().written(path),
  };
}

/** Parses any YAML through a syntax tree. Default: within the default limits. */
export function parseYaml(
  text: string,
  pool: ValuePool = NO_POOL,
  limits: SyntaxLimits = DEFAULT_READ_LIMITS,
): ParsedText {
  return runToEnd(yamlInSteps(text, pool, limits));
}

function* yamlInSteps(text: string, pool: ValuePool, limits: SyntaxLimits): Generator<void, ParsedText> {
  const { document, findings } = yield* composeDocument(text, limits.depth);
  if (document === undefined) {
    return { findings, positionOf: () => findings[0] ?? textPositionAt(text, 0), written: () => undefined };
  }
  const positions = textPositionsIn(text);
  const positionOf = (path: FieldPath): TextPosition => positions(yamlOffset(document, path));
  const written = (path: FieldPath): string | undefined => yamlScalar(document, path);
  const plain = toPlainData(document.contents, pool, limits);
  if (plain.findings.length === 0) return { value: plain.value, findings, positionOf, written };
  const errors = plain.findings.map(({ offset, code, message }): TextFinding => ({
    ...positions(offset),
    severity: 'error',
    code,
    message,
  }));
  return { findings: errors, positionOf, written };
}
