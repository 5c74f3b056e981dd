/** The rules of all messages that are compiled, from Envoy's .proto files: see `proto/compile/rules.mjs`. */
import { readFileSync } from 'node:fs';
import { lazy } from '../proto/lazy.js';
import type { Rules } from './value-rules.js';

export interface FieldRules {
  /** As in proto JSON. */
  readonly name: string;
  /** A scalar, `enum`, or a message by full name. */
  readonly type: string;
  readonly repeated?: boolean;
  /** Type of the keys of a map. */
  readonly key?: string;
  /** Whether a scalar may be absent rather than at its default. */
  readonly optional?: boolean;
  readonly rules?: Rules;
}

export interface MessageRules {
  /** By number. */
  readonly fields: Readonly<Record<string, FieldRules>>;
  /** Oneofs, as numbers of their fields, of which one must be set. */
  readonly required?: readonly (readonly number[])[];
}

/** By full name: the messages that Lifeboat sends and takes. */
export const messageRules = lazy(() => readRules('envoy-rules.json'));

/** All others. */
const otherRules = lazy(() => readRules('envoy-all-rules.json'));

/** `undefined` for a message that is not compiled. */
export function rulesOf(name: string): MessageRules | undefined {
  return messageRules()[name] ?? otherRules()[name];
}

function readRules(file: string): Readonly<Record<string, MessageRules>> {
  const path = new URL(`../../generated/${file}`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, MessageRules>>;
}
