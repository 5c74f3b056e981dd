/** Formats results as JSON or YAML, as kubectl does, and ages. It must not know commands. */
import { createRequire } from 'node:module';
import type * as yaml from 'yaml';

export { oneLine, toTable } from './table.js';

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** YAML without anchors. Words that YAML 1.1 reads as booleans (`on`, `no`) are quoted, because Envoy's parser reads YAML 1.1. */
export function toYaml(value: unknown): string {
  const { stringify } = load('yaml') as typeof yaml;
  return stringify(value, { aliasDuplicateObjects: false, indentSeq: false, lineWidth: 0, compat: 'yaml-1.1' });
}

/** Loaded on demand, so that other outputs start faster. */
const load = createRequire(import.meta.url);

/** The age of an RFC 3339 time; empty if it is invalid. */
export function formatAgo(time: string, now: number): string {
  const age = now - Date.parse(time);
  return Number.isNaN(age) ? '' : formatAge(age);
}

/** A duration as kubectl prints it: `42s`, `3m7s`, `5h12m`, `4d3h`. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)];
  if (minutes === 0) return `${seconds}s`;
  if (hours === 0) return `${minutes}m${seconds % 60}s`;
  if (days === 0) return `${hours}h${minutes % 60}m`;
  return `${days}d${hours % 24}h`;
}
