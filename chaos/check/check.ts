/** All rules. */
import type { HistoryEvent } from '../history/events.js';
import { checkComplete, checkFinalState } from './final-state.js';
import { checkReferences } from './references.js';
import { checkRequests } from './requests.js';
import { checkVersions } from './versions.js';
import type { Rule, RuleName, Violation } from './violation.js';

const RULES: Readonly<Record<RuleName, Rule>> = {
  complete: checkComplete,
  'final-state': checkFinalState,
  versions: checkVersions,
  references: checkReferences,
  requests: checkRequests,
};

/** The violations in the order of their times. */
export function checkHistory(history: readonly HistoryEvent[]): readonly Violation[] {
  return Object.values(RULES)
    .flatMap((rule) => rule(history))
    .sort((one, other) => one.at - other.at);
}

/** One line for people: `12.3 s references: …`. */
export function formatViolation({ at, rule, text }: Violation): string {
  return `${(at / 1000).toFixed(3)} s ${rule}: ${text}`;
}
