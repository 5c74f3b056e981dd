/** One document's text as frozen plain data, with the place of every field. Knows nothing of resources. */
import type { FieldPath } from '../../api/resource.js';
import { composeDocument } from './compose.js';
import { parseEverydayYaml } from './everyday-yaml.js';
import { type Place, type Problem, placeAt, placesIn } from './finding.js';
import { type Interner, NO_INTERNER } from './interner.js';
import { jsonOffsets, jsonScalars, parseJson } from './json.js';
import { yamlOffset, yamlScalar } from './locate.js';
import { toPlainData } from './plain.js';

export interface ParsedText {
  /** Absent where the text cannot be parsed. An empty document is `null`. */
  readonly value?: unknown;
  /** Errors where there is no value, else warnings. */
  readonly problems: readonly Problem[];
  /** The place of a field, or of its nearest ancestor that is there. Keeps the syntax tree in memory as long as it is held. */
  readonly placeOf: (path: FieldPath) => Place;
  /** The number, boolean or null that a field has, as it is written (`0x10`, `yes`); `undefined` for anything else. */
  readonly written: (path: FieldPath) => string | undefined;
}

/** Parses the text of one document, YAML or JSON. Its texts go through `intern`. Never throws. */
export function parseText(text: string, intern: Interner = NO_INTERNER): ParsedText {
  const json = parseJson(text);
  if (json !== undefined) {
    const [places, offsetOf] = [placesIn(text), jsonOffsets(text)];
    return { value: json, problems: [], placeOf: (path) => places(offsetOf(path)), written: jsonScalars(text) };
  }
  const value = parseEverydayYaml(text, intern);
  if (value === undefined) return parseYaml(text, intern);
  let whole: ParsedText | undefined;
  const parsed = (): ParsedText => (whole ??= parseYaml(text));
  return { value, problems: [], placeOf: (path) => parsed().placeOf(path), written: (path) => parsed().written(path) };
}

/** Parses any YAML, by way of a syntax tree. */
export function parseYaml(text: string, intern: Interner = NO_INTERNER): ParsedText {
  const { document, problems } = composeDocument(text);
  if (document === undefined) {
    return { problems, placeOf: () => problems[0] ?? placeAt(text, 0), written: () => undefined };
  }
  const places = placesIn(text);
  const placeOf = (path: FieldPath): Place => places(yamlOffset(document, path));
  const written = (path: FieldPath): string | undefined => yamlScalar(document, path);
  const plain = toPlainData(document.contents, intern);
  if (plain.problems.length === 0) return { value: plain.value, problems, placeOf, written };
  const errors = plain.problems.map(({ offset, code, message }): Problem => ({
    ...places(offset),
    severity: 'error',
    code,
    message,
  }));
  return { problems: errors, placeOf, written };
}
