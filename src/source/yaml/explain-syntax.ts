/**
 * Says of a document that YAML cannot read what the person who wrote it probably did, where that is plain, instead of what the
 * parser stumbled over.
 */
import { type Problem, placeAt } from './finding.js';
import { findAction, unrendered } from './template.js';

const TOP_LEVEL_KEY = /^The key "(?:apiVersion|kind|metadata|spec)" appears twice in this mapping\.$/u;

/** A shell variable in the line that cannot be parsed. */
function findVariable(text: string, line: number | undefined): string | undefined {
  if (line === undefined) return undefined;
  return /\$\{[A-Za-z_]\w*\}/u.exec(text.split('\n')[line - 1] ?? '')?.[0];
}

/** The problems of a text that cannot be parsed, or the one that stands for them. */
export function explainSyntax(text: string, problems: readonly Problem[]): readonly Problem[] {
  const template = findAction(text);
  if (template !== undefined) {
    const { offset, action } = template;
    return [{ ...placeAt(text, offset), severity: 'error', code: 'TemplateNotRendered', message: unrendered(action) }];
  }
  const variable = findVariable(text, problems[0]?.line);
  if (variable !== undefined) {
    const message = `This looks like a template that was not rendered: it has ${variable}. Replace the variables, for example with "envsubst", and give Lifeboat the result.`;
    return problems.slice(0, 1).map((problem) => ({ ...problem, code: 'TemplateNotRendered', message }));
  }
  const second = problems.find(
    ({ code, column, message }) => code === 'DuplicateKey' && column === 1 && TOP_LEVEL_KEY.test(message),
  );
  if (second === undefined) return problems;
  const hint = 'A second resource begins here or before: separate the two by a line of "---".';
  return [{ ...second, message: `${second.message} ${hint}` }];
}
