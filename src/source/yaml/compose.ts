/** One YAML document as a syntax tree, within limits and without ever throwing. Knows nothing of what the document means. */
import { Composer, type Document, type ErrorCode, Parser, type YAMLError } from 'yaml';
import type { DiagnosticCode } from '../../api/codes.js';
import { inOneLine } from '../../api/describe.js';
import type { Severity } from '../../api/diagnostic.js';
import { type Problem, placeAt } from './finding.js';
import { createLexer } from './lexer.js';
import { MAX_DEPTH, MAX_DOCUMENT_LENGTH, MAX_DOCUMENT_TOKENS, MAX_SYNTAX_PROBLEMS } from './limits.js';

export type YamlDocument = Document.Parsed;

/** The tree with warnings as its problems, or no tree and the errors. */
export interface Composition {
  readonly document?: YamlDocument;
  readonly problems: readonly Problem[];
}

/** The parser's stack has the document, each collection around the current value, and that value. */
const MAX_STACK = MAX_DEPTH + 2;

/** Composes the one document of a text that {@link sliceDocuments} cut. */
export function composeDocument(text: string): Composition {
  if (text.length > MAX_DOCUMENT_LENGTH) {
    const message = `The document has ${text.length} characters, more than ${MAX_DOCUMENT_LENGTH}; split it.`;
    return refused(text, 0, 'DocumentTooLarge', message);
  }
  try {
    return composeTokens(text);
  } catch (error) {
    return refused(text, 0, 'InvalidYaml', inOneLine(`The document cannot be parsed: ${String(error)}.`));
  }
}

function composeTokens(text: string): Composition {
  const parser = new Parser();
  // Keys are compared, and aliases resolved, where the tree becomes plain data: there it takes linear time.
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const documents: YamlDocument[] = [];
  let tokens = 0;
  for (const lexeme of createLexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    if (parser.stack.length > MAX_STACK) {
      return refused(text, parser.offset, 'DocumentTooDeep', `The document is nested deeper than ${MAX_DEPTH} levels.`);
    }
    if (++tokens > MAX_DOCUMENT_TOKENS) {
      const message = `The document has more than ${MAX_DOCUMENT_TOKENS} tokens; split it.`;
      return refused(text, parser.offset, 'DocumentTooLarge', message);
    }
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));
  return composition(text, documents);
}

function composition(text: string, documents: readonly YamlDocument[]): Composition {
  // What the parser says after the first error is about that error again, at places where nothing is wrong.
  const errors = documents.flatMap((document) => document.errors).slice(0, 1);
  if (errors.length > 0) return { problems: toProblems(text, errors, 'error', 'InvalidYaml') };
  const [document] = documents;
  // Where a flow collection ends does not matter to kubectl.
  const warnings = document?.warnings.filter(({ code }) => code !== 'BAD_INDENT') ?? [];
  return { ...(document && { document }), problems: toProblems(text, warnings, 'warning', 'YamlWarning') };
}

function toProblems(text: string, errors: readonly YAMLError[], severity: Severity, code: DiagnosticCode): Problem[] {
  // What is missing at the end is missing after the last thing there is, not on the line below it.
  const end = text.trimEnd().length;
  return errors.slice(0, MAX_SYNTAX_PROBLEMS).map(({ pos, code: problem, message }) => ({
    ...placeAt(text, Math.min(pos[0], end)),
    severity,
    code,
    message: `${sentence(message)}${hints[problem] ?? ''}`,
  }));
}

/** What the parser's words are nearly always about. */
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
  return { problems: [{ ...placeAt(text, offset), severity: 'error', code, message }] };
}
