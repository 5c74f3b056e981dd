/**
 * Reads the entries of an Envoy's `node.metadata` that docs/envoys.md lists. An invalid value is reported and ignored, so an Envoy with one
 * invalid entry still gets its resources.
 */
import { isIP } from 'node:net';
import { readDuration } from '../../api/duration.js';
import { didYouMean, suggest } from '../../api/suggest.js';
import { DEFAULT_USER_TIMEOUT_MS } from '../../envoy/fields/upstream-connection.js';
import { shortId } from '../../xds/index.js';

type Metadata = Readonly<Record<string, unknown>>;

/** Receives a sentence about an invalid entry, and the rule that it violates: `must be an IP address`. */
export type Report = (problem: string, rule: string) => void;

export const ignoreProblems: Report = () => undefined;

export function readText(metadata: Metadata, name: string, report: Report): string {
  const value = metadata[name];
  if (typeof value === 'string') return shortId(value);
  if (value !== undefined && value !== null) tell(report, name, value, 'must be a string');
  return '';
}

/** A map of texts. Values of other types are reported and left out. */
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

/** One of several words, in any case. `undefined` if the entry is absent or invalid. */
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

/** An IP address. Empty if the entry is absent or invalid. */
export function readAddress(metadata: Metadata, name: string, report: Report): string {
  const text = readText(metadata, name, report);
  // An address with a zone belongs to an interface of one host. Envoy rejects it.
  if (text === '' || (isIP(text) !== 0 && !text.includes('%'))) return text;
  tell(report, name, text, 'must be an IP address');
  return '';
}

/** An integer, as a number or a text. */
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

/** The maximum of Linux, in milliseconds. */
const LONGEST_USER_TIMEOUT_MS = 2_147_483_647;

/** In milliseconds. The entry is a number or its digits, in milliseconds as in Linux, or a duration such as `3s`. 0: no limit. */
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

/** The maximum length of a quoted value, in characters. */
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

/** The entries that Lifeboat reads. */
export const METADATA_ENTRIES: readonly string[] = [
  ...['CLUSTER_ID', 'GENERATOR', 'INTERCEPTION', 'LABELS', 'LISTEN_ADDRESS', 'LISTEN_PORT_OFFSET', 'MESH', 'NAMESPACE'],
  ...['ROLE', 'TCP_USER_TIMEOUT', 'XFF_NUM_TRUSTED_HOPS'],
];

/**
 * A sentence for each key that is similar to a known entry, but not equal. Keys of other systems are ignored. So is a key if the node also
 * has the entry that it resembles, such as `CLUSTER` with `CLUSTER_ID`.
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
