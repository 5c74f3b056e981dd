/**
 * Checks whether Envoy can compile a regular expression. Envoy rejects a whole route configuration, with all routes of the port, for
 * one expression that it cannot compile. `re2js` parses as RE2 does; the limits of Envoy are added here.
 * https://github.com/google/re2/wiki/Syntax
 */
import { engine } from './engine.js';
import { LARGEST_PROGRAM, programSize } from './re2-program.js';
import { readRe2Text } from './re2-text.js';

/** Longer expressions are rejected before they are parsed. A program that Envoy takes is hardly ever as long. */
const LONGEST_EXPRESSION = 1024;

/** The end of a sentence that says why Envoy would reject the expression (`it …`); `undefined` if it would not. */
export function regexProblem(expression: string): string | undefined {
  if (expression === '') return 'it is empty';
  if (expression.length > LONGEST_EXPRESSION) return `it is longer than ${LONGEST_EXPRESSION} characters`;
  const { problem, repetitions, whole, rest } = readRe2Text(expression);
  // Counted repetitions are looked at first, because writing them out may take long.
  const wrong = problem ?? (repetitions > LARGEST_PROGRAM ? TOO_LARGE : syntaxProblem(whole));
  return wrong ?? (programSize(rest) > LARGEST_PROGRAM ? TOO_LARGE : undefined);
}

const TOO_LARGE = `it is too large: Envoy takes programs of at most ${LARGEST_PROGRAM} instructions, about as many as the expression has characters with repetitions written out`;

function syntaxProblem(text: string): string | undefined {
  const { RE2JS, RE2JSSyntaxException } = engine();
  try {
    RE2JS.compile(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const part = asWritten(text, error.getPattern() ?? '');
    return sentences[error.getDescription()]?.(part) ?? `RE2 says ${error.getDescription()}: ${part}`;
  }
}

/** A part of the text, up to the end of a character of several bytes. */
function asWritten(text: string, part: string): string {
  const after = text.slice(text.indexOf(part) + part.length);
  return Buffer.from(part + (/^[\x80-\xbf]*/.exec(after)?.[0] ?? ''), 'latin1').toString();
}

const sentences: Readonly<Record<string, (part: string) => string>> = {
  'invalid character class range': (part) => `it has ${part}, which is no class or range of characters`,
  'invalid escape sequence': (part) => `it has ${part}, which RE2 does not know`,
  'invalid named capture': (part) =>
    `it has ${part}, where a group's name takes letters, digits and _ only: (?P<name>…)`,
  'invalid or unsupported Perl syntax': (part) =>
    `it has ${part}, which RE2 does not know: there is no looking ahead or behind`,
  'invalid nested repetition operator': (part) => `it repeats a repetition with ${part}`,
  'invalid repeat count': (part) =>
    `it has the repetition ${part}, which is no range up to 1000, alone or multiplied by those around it`,
  'missing closing ]': () => 'it has a [ that is not closed',
  'missing closing )': () => 'it has a ( that is not closed',
  'missing argument to repetition operator': (part) => `it has ${part} with nothing before it to repeat`,
  'trailing backslash at end of expression': () => 'it ends in a backslash',
  'unexpected )': () => 'it has a ) too many',
  'expression nests too deeply': () => 'it nests groups too deeply',
  'expression too large': () => TOO_LARGE,
};
