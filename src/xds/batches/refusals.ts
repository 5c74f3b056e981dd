/** What a refused response means for what a client holds. */
import type { NameUpdate } from './batch.js';
import { type Exception, REMOVAL, type Refusal } from '../holdings/exception.js';
import { eitherOf } from '../holdings/holding.js';

/** How many refused versions of one name are remembered. */
const MAX_REFUSED = 8;

/** The client refused this and holds what it held before. It is not sent this version again. */
function refusedAlone({ resource, before }: NameUpdate, refusal: Refusal): Exception {
  const version = resource?.version ?? REMOVAL;
  const refused = [...before.refused.filter((other) => other !== version), version].slice(-MAX_REFUSED);
  return { holding: before.holding, from: before.from, due: false, refusal, removal: Infinity, refused };
}

/** It was in a refused response: the client may have accepted it or not. */
function refusedTogether({ resource, before }: NameUpdate, refusal: Refusal): Exception {
  return { ...before, holding: eitherOf(before.holding, resource), due: false, refusal };
}

/** What a client refused of a response, as its error message names it. */
export interface NamedRefusal {
  readonly refusal: Refusal;
  /** Names in the response that are surely meant; empty where that is not known. */
  readonly named: ReadonlySet<string>;
}

/** What a refused response means. */
export interface NackResult {
  /** For each updated name. */
  readonly exceptions: readonly (readonly [string, Exception])[];
  /** New versions that are surely meant. */
  readonly meant: readonly string[];
  /** Names that may be sound. */
  readonly suspects: readonly string[];
  /** Others were named. */
  readonly narrowed: boolean;
  /** The response repeated other resources. */
  readonly beside: boolean;
}

/** What a NACK of a response with these updates means. */
export function resultOfNack(updates: ReadonlyMap<string, NameUpdate>, { refusal, named }: NamedRefusal): NackResult {
  const news = [...updates].filter(([, { again }]) => !again).map(([name]) => name);
  const isMeant = (name: string): boolean => named.has(name) || (updates.size === 1 && named.size === 0);
  const exceptionFor = (of: NameUpdate, name: string): Exception => {
    // If a response repeats some resources beside new ones, the NACK is about the new ones, unless it names a repeated one.
    if (of.again) return news.length > 0 && !named.has(name) ? of.before : refusedAlone(of, refusal);
    return isMeant(name) ? refusedAlone(of, refusal) : refusedTogether(of, refusal);
  };
  const meant = news.filter(isMeant);
  return {
    exceptions: [...updates].map(([name, of]) => [name, exceptionFor(of, name)]),
    meant,
    suspects: news.filter((name) => !isMeant(name)),
    narrowed: meant.length > 0,
    beside: updates.size > news.length,
  };
}
