/**
 * The lexer of the `yaml` library, without its rule that the lines of a quoted text or a flow collection must be indented. YAML
 * asks for that, but kubectl's parser never looks, and so there are many files that break the rule.
 */
import { Lexer } from 'yaml';

/** What decides on indentation in the library's lexer, where it is private. A test notices when a new version changes it. */
interface Indentation {
  /** The least indentation that a line must have to go on with what was begun; 0 where any will do. */
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
