/** A name for which a client does not hold what was shown at the sequence number of its standing. */
import type { Holding } from './holding.js';

/** The NACK of a response. */
export interface Nack {
  /** The version of the rejected response. */
  readonly version: string;
  /** The error message of the client, of any length and content. */
  readonly message: string;
  /** Names of the resources and removals in the rejected response. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Represents a removal in a list of rejected versions. */
export const REMOVAL = '';

/** A name for which the client does not hold what was shown at the sequence number of its standing. */
export interface Exception {
  readonly holding: Holding;
  /** Until this sequence number, the client was up to date with this name. */
  readonly from: number;
  /** The name must be sent as soon as the order of types allows it, changed or not. */
  readonly due: boolean;
  /** The last NACK of this name, while the client does not hold its target. */
  readonly nack: Nack | undefined;
  /** Sequence number of a removal that waits for other types. Infinity: none waits. */
  readonly removal: number;
  /** Versions that the client rejected, `''` for a removal. They are not sent to it again. */
  readonly rejected: readonly string[];
}

const NOT_REJECTED: readonly string[] = [];

/** An exception without a NACK or a waiting removal. */
export function exceptionOf(holding: Holding, from: number, due = false): Exception {
  return { holding, from, due, nack: undefined, removal: Infinity, rejected: NOT_REJECTED };
}

export type Exceptions = ReadonlyMap<string, Exception>;

export const NO_EXCEPTIONS: Exceptions = new Map();

/** The sequence number of a client that holds nothing. */
export const NOTHING_HELD = -1;
