/** Parses one YAML document into a syntax tree, within limits and in steps. Never throws. It must not know what the document means. */
import { Composer, type Document, type ErrorCode, Parser, type YAMLError } from 'yaml';
import type { DiagnosticCode } from '../../api/codes.js';
import { inOneLine } from '../../api/describe.js';
import type { Severity } from '../../api/diagnostic.js';
import { type TextFinding, textPositionAt } from './finding.js';
import { createLexer } from './lexer.js';
import { MAX_DOCUMENT_LENGTH, MAX_DOCUMENT_TOKENS, MAX_SYNTAX_FINDINGS } from './limits.js';

export type YamlDocument = Document.Parsed;

/** The tree with warnings, or the errors without a tree. */
export interface Composition {
  readonly document?: YamlDocument;
  readonly findings: readonly TextFinding[];
}

/** Number of tokens per step. */
const TOKENS_PER_STEP = 100;

/** The parser's stack contains the collections around the current value, the document, and the value. */
const BESIDE_COLLECTIONS = 2;

/** Parses the text of one document, as {@link splitDocuments} returns it. `maxDepth`: levels of nesting, without those of aliases. */
export function* composeDocument(text: string, maxDepth: number): Generator<void, Composition> {
  if (text.length > MAX_DOCUMENT_LENGTH) {
    const message = `The document has ${text.length} characters, more than ${MAX_DOCUMENT_LENGTH}. Split it.`;
    return refused(text, 0, 'DocumentTooLarge', message);
  }
  try {
    return yield* composeTokens(text, maxDepth);
  } catch (error) {
    return refused(text, 0, 'InvalidYaml', inOneLine(`The document cannot be parsed: ${String(error)}.`));
  }
}

function* composeTokens(text: string, maxDepth: number): Generator<void, Composition> {
  const parser = new Parser();
  // `plain.ts` compares keys and resolves aliases, because it takes linear time for that.
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const documents: YamlDocument[] = [];
  let tokens = 0;
  for (const lexeme of createLexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    if (parser.stack.length > maxDepth + BESIDE_COLLECTIONS) {
      const message = `The document is nested deeper than ${maxDepth} levels (--max-depth).`;
      return refused(text, parser.offset, 'DocumentTooDeep', message);
    }
    if (++tokens % TOKENS_PER_STEP === 0) yield;
    if (tokens > MAX_DOCUMENT_TOKENS) {
      const message = `The document has more than ${MAX_DOCUMENT_TOKENS} tokens. Split it.`;
      return refused(text, parser.offset, 'DocumentTooLarge', message);
    }
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));
  return composition(text, documents);
}

function composition(text: string, documents: readonly YamlDocument[]): Composition {
  // Later errors of the parser are consequences of the first one, at positions that are correct.
  const errors = documents.flatMap((document) => document.errors).slice(0, 1);
  if (errors.length > 0) return { findings: toFindings(text, errors, 'error', 'InvalidYaml') };
  const [document] = documents;
  // kubectl accepts any indentation of the end of a flow collection.
  const warnings = document?.warnings.filter(({ code }) => code !== 'BAD_INDENT') ?? [];
  return { ...(document && { document }), findings: toFindings(text, warnings, 'warning', 'YamlWarning') };
}

function toFindings(
  text: string,
  errors: readonly YAMLError[],
  severity: Severity,
  code: DiagnosticCode,
): TextFinding[] {
  // What is missing at the end of the text is reported after the last character, not on the next line.
  const end = text.trimEnd().length;
  return errors.slice(0, MAX_SYNTAX_FINDINGS).map(({ pos, code: errorCode, message }) => ({
    ...textPositionAt(text, Math.min(pos[0], end)),
    severity,
    code,
    message: `${sentence(message)}${hints[errorCode] ?? ''}`,
  }));
}

/** The usual causes of the parser's errors. */
const hints: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: ' Check the indentation of this line and of the lines above.',
  BLOCK_AS_IMPLICIT_KEY: ' Check the indentation of this line and of the lines above.',
  MULTILINE_IMPLICIT_KEY: ' Check the indentation of this line and of the lines above.',
  MISSING_CHAR: ' Check the brackets, braces and quotes of this line and of the lines above.',
  TAB_AS_INDENT: ' Use spaces.',
};

function sentence(message: string): string {
  return inOneLine(/[.!?:]$/u.test(message) ? message : `${message}.`);
}

function refused(text: string, offset: number, code: DiagnosticCode, message: string): Composition {
  return { findings: [{ ...textPositionAt(text, offset), severity: 'error', code, message }] };
}
