/**
 * The lexer of the `yaml` library, without its rule that the lines of a quoted scalar or a flow collection must be indented.
 * YAML requires it, but kubectl's parser does not check it, so many files break the rule.
 */
import { Lexer } from 'yaml';

/** The private members of the library's lexer that control indentation. A test fails if a new version changes them. */
interface Indentation {
  /** The minimum indentation of a continuation line; 0: any. */
  indentNext: number;
  parseQuotedScalar: Step;
  parseFlowCollection: Step;
}

type Step = (this: Indentation) => Generator<string, unknown>;

/** A lexer for one document. */
export function createLexer(): Lexer {
  const lexer = new Lexer();
  const steps = lexer as unknown as Indentation;
  steps.parseQuotedScalar = withoutIndentation(steps.parseQuotedScalar);
  steps.parseFlowCollection = withoutIndentation(steps.parseFlowCollection);
  return lexer;
}

function withoutIndentation(step: Step): Step {
  return function* (this: Indentation) {
    const { indentNext } = this;
    this.indentNext = 0;
    try {
      return yield* step.call(this);
    } finally {
      this.indentNext = indentNext;
    }
  };
}
