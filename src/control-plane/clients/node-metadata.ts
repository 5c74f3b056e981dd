/**
 * The entries of an Envoy's `node.metadata` that Lifeboat reads, docs/envoys.md lists them. A value that cannot be used counts as absent
 * and is reported: an Envoy with one wrong entry still gets what the rest of its node asks for.
 */
import { isIP } from 'node:net';
import { readDuration } from '../../api/duration.js';
import { didYouMean, suggest } from '../../api/suggest.js';
import { DEFAULT_USER_TIMEOUT_MS } from '../../envoy/fields/upstream-connection.js';
import { shortId } from '../../xds/index.js';

type Metadata = Readonly<Record<string, unknown>>;

/** Takes a sentence about an entry that cannot be used, and the rule that it breaks: `must be an IP address`. */
export type Report = (problem: string, rule: string) => void;

export const ignoreProblems: Report = () => undefined;

export function readText(metadata: Metadata, name: string, report: Report): string {
  const value = metadata[name];
  if (typeof value === 'string') return shortId(value);
  if (value !== undefined && value !== null) tell(report, name, value, 'must be a string');
  return '';
}

/** Text values by name; others are left out one by one. */
export function readTextMap(metadata: Metadata, name: string, report: Report): Readonly<Record<string, string>> {
  const value = metadata[name];
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    tell(report, name, value, 'must be a mapping of strings');
    return {};
  }
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === 'string') texts[shortId(key)] = shortId(text);
    else tell(report, `${name}.${shortId(key)}`, text, 'must be a string');
  }
  return texts;
}

/** One of some words, in any case; `undefined` where there is none. */
export function readWord<Word extends string>(
  metadata: Metadata,
  name: string,
  words: readonly Word[],
  report: Report,
): Word | undefined {
  const text = readText(metadata, name, report);
  if (text === '') return undefined;
  const word = words.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  if (word === undefined) tell(report, name, text, `must be ${words.join(' or ')}`, suggest(text, words));
  return word;
}

/** An IP address; empty where there is none. */
export function readAddress(metadata: Metadata, name: string, report: Report): string {
  const text = readText(metadata, name, report);
  // With a zone it is an address of one host's interface, which Envoy does not take.
  if (text === '' || (isIP(text) !== 0 && !text.includes('%'))) return text;
  tell(report, name, text, 'must be an IP address');
  return '';
}

/** A whole number, or its digits as a text. */
export function readInteger(
  metadata: Metadata,
  name: string,
  [least, most]: readonly [number, number],
  report: Report,
): number | undefined {
  const value = metadata[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) return number;
  tell(report, name, value, `must be a whole number between ${least} and ${most}`);
  return undefined;
}

/** The longest that Linux takes, in milliseconds. */
const LONGEST_USER_TIMEOUT_MS = 2_147_483_647;

/** Milliseconds, as a number or its digits (as Linux has it), or a duration such as `3s`; 0 for none. */
export function readUserTimeout(metadata: Metadata, report: Report): number {
  const name = 'TCP_USER_TIMEOUT';
  const value = metadata[name];
  if (value === undefined || value === null || value === '') return DEFAULT_USER_TIMEOUT_MS;
  const milliseconds = toMilliseconds(value);
  if (Number.isInteger(milliseconds) && milliseconds >= 0 && milliseconds <= LONGEST_USER_TIMEOUT_MS)
    return milliseconds;
  tell(report, name, value, 'must be milliseconds, or a duration such as 3s, or 0 for none');
  return DEFAULT_USER_TIMEOUT_MS;
}

function toMilliseconds(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return NaN;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text);
  const reading = readDuration(text);
  return 'problem' in reading ? NaN : reading.milliseconds;
}

/** Characters of a value that are quoted. */
const QUOTED = 64;

function tell(report: Report, name: string, value: unknown, rule: string, meant?: string): void {
  report(
    `node.metadata.${name} is ${shorten(JSON.stringify(value))} and has no effect: it ${rule}.${didYouMean(meant)}`,
    rule,
  );
}

function shorten(text: string): string {
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}

/** The entries that are read. */
export const METADATA_ENTRIES: readonly string[] = [
  ...['CLUSTER_ID', 'GENERATOR', 'INTERCEPTION', 'LABELS', 'LISTEN_ADDRESS', 'LISTEN_PORT_OFFSET', 'MESH', 'NAMESPACE'],
  ...['ROLE', 'TCP_USER_TIMEOUT', 'XFF_NUM_TRUSTED_HOPS'],
];

/**
 * A sentence for each entry whose key is nearly, but not quite, one that is read. Other systems' entries are theirs, and so is one beside
 * that which it resembles: `CLUSTER` beside `CLUSTER_ID`.
 */
export function misspeltKeys(metadata: Metadata): readonly string[] {
  const unknown = Object.keys(metadata).filter((key) => !METADATA_ENTRIES.includes(key));
  return unknown.flatMap((key) => {
    const meant = suggest(key, METADATA_ENTRIES);
    if (meant === undefined || Object.hasOwn(metadata, meant)) return [];
    return [
      `node.metadata has the entry ${shorten(JSON.stringify(key))}, which Lifeboat does not know.${didYouMean(meant)}`,
    ];
  });
}
