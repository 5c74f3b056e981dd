/** The effect of a NACK on what a client holds. */
import type { NameUpdate } from './batch.js';
import { type Exception, REMOVAL, type Nack } from '../holdings/exception.js';
import { eitherOf } from '../holdings/holding.js';

/** Limit of remembered rejected versions for one name. */
const MAX_REJECTED = 8;

/** The client rejected this update and holds what it held before. It is not sent this version again. */
function rejectedAlone({ resource, before }: NameUpdate, nack: Nack): Exception {
  const version = resource?.version ?? REMOVAL;
  const rejected = [...before.rejected.filter((other) => other !== version), version].slice(-MAX_REJECTED);
  return { holding: before.holding, from: before.from, due: false, nack, removal: Infinity, rejected };
}

/** The update was in a rejected response, but is not named: the client may hold either version. */
function rejectedTogether({ resource, before }: NameUpdate, nack: Nack): Exception {
  return { ...before, holding: eitherOf(before.holding, resource), due: false, nack };
}

/** A NACK, and the resources that its error message names. */
export interface NamedNack {
  readonly nack: Nack;
  /** Names in the response that the error message certainly means. Empty if unknown. */
  readonly named: ReadonlySet<string>;
}

/** The effect of a NACK. */
export interface NackResult {
  /** The new exception of each updated name. */
  readonly exceptions: readonly (readonly [string, Exception])[];
  /** Names of new versions that the NACK certainly means. */
  readonly meant: readonly string[];
  /** Names of new versions that may be valid. */
  readonly suspects: readonly string[];
  /** Whether the error message names some of the new versions. */
  readonly narrowed: boolean;
  /** Whether the response also repeated resources that the client may hold. */
  readonly hasRepeated: boolean;
}

/** `updates`: the updates in the rejected response. */
export function resultOfNack(updates: ReadonlyMap<string, NameUpdate>, { nack, named }: NamedNack): NackResult {
  const newNames = [...updates].filter(([, { again }]) => !again).map(([name]) => name);
  const isMeant = (name: string): boolean => named.has(name) || (updates.size === 1 && named.size === 0);
  const exceptionFor = (of: NameUpdate, name: string): Exception => {
    // If a response repeats resources besides new ones, the NACK is about the new ones, unless it names a repeated one.
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
