/** What a rejected response means for what a client holds. */
import type { NameUpdate } from './batch.js';
import { type Exception, REMOVAL, type Nack } from '../holdings/exception.js';
import { eitherOf } from '../holdings/holding.js';

/** How many rejected versions of one name are remembered. */
const MAX_REJECTED = 8;

/** The client rejected this and holds what it held before. It is not sent this version again. */
function rejectedAlone({ resource, before }: NameUpdate, nack: Nack): Exception {
  const version = resource?.version ?? REMOVAL;
  const rejected = [...before.rejected.filter((other) => other !== version), version].slice(-MAX_REJECTED);
  return { holding: before.holding, from: before.from, due: false, nack, removal: Infinity, rejected };
}

/** It was in a rejected response: the client may have accepted it or not. */
function rejectedTogether({ resource, before }: NameUpdate, nack: Nack): Exception {
  return { ...before, holding: eitherOf(before.holding, resource), due: false, nack };
}

/** What a client rejected of a response, as its error message names it. */
export interface NamedNack {
  readonly nack: Nack;
  /** Names in the response that are surely meant; empty where that is not known. */
  readonly named: ReadonlySet<string>;
}

/** What a rejected response means. */
export interface NackResult {
  /** For each updated name. */
  readonly exceptions: readonly (readonly [string, Exception])[];
  /** New versions that are surely meant. */
  readonly meant: readonly string[];
  /** Names that may be sound. */
  readonly suspects: readonly string[];
  /** Others were named. */
  readonly narrowed: boolean;
  /** Whether the response also repeated resources that the client may hold. */
  readonly hasRepeated: boolean;
}

/** What a NACK of a response with these updates means. */
export function resultOfNack(updates: ReadonlyMap<string, NameUpdate>, { nack, named }: NamedNack): NackResult {
  const newNames = [...updates].filter(([, { again }]) => !again).map(([name]) => name);
  const isMeant = (name: string): boolean => named.has(name) || (updates.size === 1 && named.size === 0);
  const exceptionFor = (of: NameUpdate, name: string): Exception => {
    // If a response repeats some resources beside new ones, the NACK is about the new ones, unless it names a repeated one.
    if (of.again) return newNames.length > 0 && !named.has(name) ? of.before : rejectedAlone(of, nack);
    return isMeant(name) ? rejectedAlone(of, nack) : rejectedTogether(of, nack);
  };
  const meant = newNames.filter(isMeant);
  return {
    exceptions: [...updates].map(([name, of]) => [name, exceptionFor(of, name)]),
    meant,
    suspects: newNames.filter((name) => !isMeant(name)),
    narrowed: meant.length > 0,
    hasRepeated: updates.size > newNames.length,
  };
}
