/** What a refused response means for what a client holds. */
import type { Told } from './batch.js';
import { eitherOf } from './holding.js';
import type { Exception } from './standing.js';
import { REMOVAL } from './target.js';

/** A refusal, in the client's words. */
export interface Refusal {
  /** Of the refused response. */
  readonly version: string;
  /** Of any length and content: it comes from the client. */
  readonly message: string;
  /** Names of the resources and removals in the refused response. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** How many refused versions of one name are remembered. */
const MAX_REFUSED = 8;

/** The client refused this and holds what it held before. It is not sent this version again. */
export function refusedAlone({ resource, before }: Told, refusal: Refusal): Exception {
  const version = resource?.version ?? REMOVAL;
  const refused = [...before.refused.filter((other) => other !== version), version].slice(-MAX_REFUSED);
  return { holding: before.holding, from: before.from, due: false, refusal, removal: Infinity, refused };
}

/** It stood in a refused response: the client may have taken it or not. */
export function refusedTogether({ resource, before }: Told, refusal: Refusal): Exception {
  return { ...before, holding: eitherOf(before.holding, resource), due: false, refusal };
}
