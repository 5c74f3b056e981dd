/** Mistakes in durations and percentages. */
import { parseDuration } from '../../api/duration.js';
import type { FieldPath } from '../../api/resource.js';
import type { Findings } from './finding.js';

/** Envoy counts nanoseconds in a signed 64-bit integer. */
const LONGEST_SECONDS = 9_223_372_036;

/** Envoy accepts no interval below one millisecond. */
export function checkDuration(findings: Findings, text: string | undefined, path: FieldPath): void {
  if (text === undefined) return;
  checkLongest(findings, text, path);
  if (parseDuration(text) >= 1) return;
  findings.error('InvalidDuration', path, `Invalid duration ${text}: must be at least 1ms.`);
}

/** A time limit. `0s` switches it off. */
export function checkTimeout(findings: Findings, text: string | undefined, path: FieldPath): void {
  if (text === undefined) return;
  checkLongest(findings, text, path);
  if (parseDuration(text) === 0 || parseDuration(text) >= 1) return;
  findings.error('InvalidDuration', path, `Invalid duration ${text}: must be at least 1ms, or 0s for none.`);
}

function checkLongest(findings: Findings, text: string, path: FieldPath): void {
  if (parseDuration(text) <= LONGEST_SECONDS * 1000) return;
  findings.error('InvalidDuration', path, `Invalid duration ${text}: must be at most ${LONGEST_SECONDS}s.`);
}

export function checkPercent(findings: Findings, percent: number | undefined, path: FieldPath): void {
  if (percent === undefined || (percent >= 0 && percent <= 100)) return;
  findings.error('InvalidPercent', path, `Invalid percentage ${percent}: must be between 0 and 100, inclusive.`);
}
