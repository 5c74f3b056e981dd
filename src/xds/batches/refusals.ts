/** What a refused response means for what a client holds. */
import type { Told } from './batch.js';
import { type Exception, REMOVAL, type Refusal } from '../holdings/exception.js';
import { eitherOf } from '../holdings/holding.js';

/** How many refused versions of one name are remembered. */
const MAX_REFUSED = 8;

/** The client refused this and holds what it held before. It is not sent this version again. */
function refusedAlone({ resource, before }: Told, refusal: Refusal): Exception {
  const version = resource?.version ?? REMOVAL;
  const refused = [...before.refused.filter((other) => other !== version), version].slice(-MAX_REFUSED);
  return { holding: before.holding, from: before.from, due: false, refusal, removal: Infinity, refused };
}

/** It stood in a refused response: the client may have taken it or not. */
function refusedTogether({ resource, before }: Told, refusal: Refusal): Exception {
  return { ...before, holding: eitherOf(before.holding, resource), due: false, refusal };
}

/** What a client refused of a response, as its words name it. */
export interface NamedRefusal {
  readonly refusal: Refusal;
  /** Names in the response that are surely meant; empty where that is not known. */
  readonly named: ReadonlySet<string>;
}

/** What a refused response means. */
export interface Judgement {
  /** For each name that it told. */
  readonly exceptions: readonly (readonly [string, Exception])[];
  /** New versions that are surely meant. */
  readonly meant: readonly string[];
  /** Names that may be sound. */
  readonly suspects: readonly string[];
  /** Others were named. */
  readonly narrowed: boolean;
  /** They stood beside what was sent again. */
  readonly beside: boolean;
}

/** `told`: what the response told. */
export function judge(told: ReadonlyMap<string, Told>, { refusal, named }: NamedRefusal): Judgement {
  const news = [...told].filter(([, { again }]) => !again).map(([name]) => name);
  const isMeant = (name: string): boolean => named.has(name) || (told.size === 1 && named.size === 0);
  const exceptionFor = (of: Told, name: string): Exception => {
    // What was sent again beside something new was refused for that, unless it is named.
    if (of.again) return news.length > 0 && !named.has(name) ? of.before : refusedAlone(of, refusal);
    return isMeant(name) ? refusedAlone(of, refusal) : refusedTogether(of, refusal);
  };
  const meant = news.filter(isMeant);
  return {
    exceptions: [...told].map(([name, of]) => [name, exceptionFor(of, name)]),
    meant,
    suspects: news.filter((name) => !isMeant(name)),
    narrowed: meant.length > 0,
    beside: told.size > news.length,
  };
}
