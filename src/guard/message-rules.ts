/** The rules of all messages that are compiled, from Envoy's .proto files: see `proto/compile/rules.mjs`. */
import { readFileSync } from 'node:fs';
import { lazy } from '../proto/lazy.js';
import type { Rules } from './value-rules.js';

export interface FieldRules {
  /** The name in proto JSON. */
  readonly name: string;
  /** A scalar type, `enum`, or the full name of a message. */
  readonly type: string;
  readonly repeated?: boolean;
  /** For a map: the type of its keys. */
  readonly key?: string;
  /** Whether a scalar has presence. */
  readonly optional?: boolean;
  readonly rules?: Rules;
}

export interface MessageRules {
  /** By number. */
  readonly fields: Readonly<Record<string, FieldRules>>;
  /** Required oneofs, as the numbers of their fields. */
  readonly required?: readonly (readonly number[])[];
}

/** The messages that Lifeboat sends and receives, by full name. */
export const messageRules = lazy(() => readRules('envoy-rules.json'));

/** All other messages. */
const otherRules = lazy(() => readRules('envoy-all-rules.json'));

/** `undefined` for a message that is not compiled. */
export function rulesOf(name: string): MessageRules | undefined {
  return messageRules()[name] ?? otherRules()[name];
}

function readRules(file: string): Readonly<Record<string, MessageRules>> {
  const path = new URL(`../../generated/${file}`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, MessageRules>>;
}
