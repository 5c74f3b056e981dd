/** Structured results as text: JSON and YAML as kubectl prints them, tables, ages. Knows no command. */
import { createRequire } from 'node:module';
import type * as yaml from 'yaml';

export { oneLine, toTable } from './table.js';

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** YAML without anchors; words that older parsers take for booleans (`on`, `no`) are quoted, for Envoy's is one of these. */
export function toYaml(value: unknown): string {
  const { stringify } = load('yaml') as typeof yaml;
  return stringify(value, { aliasDuplicateObjects: false, indentSeq: false, lineWidth: 0, compat: 'yaml-1.1' });
}

/** Loaded where something is printed as YAML, so that other answers come sooner. */
const load = createRequire(import.meta.url);

/** How long ago a time of RFC 3339 is; empty where it is none. */
export function formatAgo(time: string, now: number): string {
  const age = now - Date.parse(time);
  return Number.isNaN(age) ? '' : formatAge(age);
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
