/** A promise that was not kept. */
import type { HistoryEvent } from '../history/events.js';

export interface Violation {
  readonly rule: RuleName;
  /** When, in milliseconds since the beginning of the run. */
  readonly at: number;
  readonly text: string;
}

export const RULE_NAMES = ['complete', 'final-state', 'versions', 'references', 'requests'] as const;

/**
 * What is checked:
 * - `complete`: the history has an end, and every Envoy was compared.
 * - `final-state`: in the end an Envoy holds what a control plane that has just started computes for it.
 * - `versions`: a version changes exactly when its content changes.
 * - `references`: no route or listener names a cluster that its Envoy was not offered, or that was taken away.
 * - `requests`: no request fails for which an endpoint answers, in any tier, and a retry is left.
 */
export type RuleName = (typeof RULE_NAMES)[number];

/** Looks at a whole history. */
export type Rule = (history: readonly HistoryEvent[]) => readonly Violation[];
