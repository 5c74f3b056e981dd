/** Structured results as text: JSON and YAML as kubectl prints them, and tables without borders. Knows no command. */
import Table from 'cli-table3';
import { stringify } from 'yaml';

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** YAML without anchors; words that older parsers take for booleans (`on`, `no`) are quoted, for Envoy's is one of these. */
export function toYaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, indentSeq: false, lineWidth: 0, compat: 'yaml-1.1' });
}

/** Columns three spaces apart under upper-case heads, like kubectl's; empty cells are `-`, so that fields can be counted. */
export function toTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...heads],
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 3, head: [], border: [] },
  });
  for (const row of rows) table.push(row.map((cell) => (cell === '' ? '-' : oneLine(cell))));
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

/** The text without line breaks and other control characters: names and messages come from files and from Envoys. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what must not reach a terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}

/** A time span as kubectl writes it: `42s`, `3m7s`, `5h12m`, `4d3h`. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)];
  if (minutes === 0) return `${seconds}s`;
  if (hours === 0) return `${minutes}m${seconds % 60}s`;
  if (days === 0) return `${hours}h${minutes % 60}m`;
  return `${days}d${hours % 24}h`;
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const;
