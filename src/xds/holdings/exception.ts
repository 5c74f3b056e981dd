/** A name under which a client does not hold what was shown at the sequence number of its standing. */
import type { Holding } from './holding.js';

/** A NACK, in the client's words. */
export interface Nack {
  /** Of the rejected response. */
  readonly version: string;
  /** Of any length and content: it comes from the client. */
  readonly message: string;
  /** Names of the resources and removals in the rejected response. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Stands for a removal among the versions that a client rejected. */
export const REMOVAL = '';

/** A name under which the client does not hold what was there at the standing's sequence number. */
export interface Exception {
  readonly holding: Holding;
  /** The client was up to date with this name until this sequence number. */
  readonly from: number;
  /** To be sent as soon as the order of types allows it, changed or not. */
  readonly due: boolean;
  /** The last NACK of what stood under this name, while the client does not hold what it is to hold. */
  readonly nack: Nack | undefined;
  /** Sequence number of a removal that waits for other types; Infinity: none does. */
  readonly removal: number;
  /** Versions that the client rejected; `''` stands for a removal. They are not sent to it again. */
  readonly rejected: readonly string[];
}

const NOT_REJECTED: readonly string[] = [];

/** The client holds this, for no special reason. */
export function exceptionOf(holding: Holding, from: number, due = false): Exception {
  return { holding, from, due, nack: undefined, removal: Infinity, rejected: NOT_REJECTED };
}

export type Exceptions = ReadonlyMap<string, Exception>;

export const NO_EXCEPTIONS: Exceptions = new Map();

/** The sequence number of a client that holds nothing, or that was sent nothing yet. */
export const NOTHING_HELD = -1;
