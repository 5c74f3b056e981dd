/**
 * Replaces the parser's errors by the likely mistake of the author, if it can be recognized.
 */
import { type TextFinding, textPositionAt } from '../yaml/finding.js';
import { findAction, unrendered } from './template.js';

const TOP_LEVEL_KEY = /^The key "(?:apiVersion|kind|metadata|spec)" appears twice in this mapping\.$/u;

/** A shell variable in the line that cannot be parsed. */
function findVariable(text: string, line: number | undefined): string | undefined {
  if (line === undefined) return undefined;
  return /\$\{[A-Za-z_]\w*\}/u.exec(text.split('\n')[line - 1] ?? '')?.[0];
}

/** The errors of a text that cannot be parsed, or one finding that replaces them. */
export function explainSyntax(text: string, findings: readonly TextFinding[]): readonly TextFinding[] {
  const template = findAction(text);
  if (template !== undefined) {
    const { offset, action } = template;
    return [
      { ...textPositionAt(text, offset), severity: 'error', code: 'TemplateNotRendered', message: unrendered(action) },
    ];
  }
  const variable = findVariable(text, findings[0]?.line);
  if (variable !== undefined) {
    const message = `This looks like a template that was not rendered: it has ${variable}. Replace the variables, for example with "envsubst", and use the result.`;
    return findings.slice(0, 1).map((finding) => ({ ...finding, code: 'TemplateNotRendered', message }));
  }
  const second = findings.find(
    ({ code, column, message }) => code === 'DuplicateKey' && column === 1 && TOP_LEVEL_KEY.test(message),
  );
  if (second === undefined) return findings;
  const hint = 'A second resource begins here or before. Separate the two with a line "---".';
  return [{ ...second, message: `${second.message} ${hint}` }];
}
