/** What a client holds under one name: a version, nothing, or one of several that the server cannot distinguish. */
import type { EncodedResource } from '../resources/resource.js';

/** `undefined`: the client holds nothing under this name. */
export type Holding = EncodedResource | Unsure | undefined;

/** The client may hold one of these versions, or nothing. */
export class Unsure {
  readonly maybe: readonly EncodedResource[];
  /** Whether it may also hold a version that the server does not remember. */
  readonly other: boolean;
  /** The version that it certainly held last. `undefined`: nothing. */
  readonly last: EncodedResource | undefined;

  constructor(maybe: readonly EncodedResource[], other: boolean, last: EncodedResource | undefined) {
    this.maybe = maybe;
    this.other = other;
    this.last = last;
  }
}

/** The client may hold any version, or nothing. */
export const ANYTHING = new Unsure([], true, undefined);

/** The version that the client certainly holds. */
export function heldVersion(holding: Holding): EncodedResource | undefined {
  return holding instanceof Unsure ? undefined : holding;
}

/** Whether the client may hold something. */
export function mayHold(holding: Holding): boolean {
  return holding instanceof Unsure ? holding.other || holding.maybe.length > 0 : holding !== undefined;
}

/** The versions that the client may hold. */
export function candidates(holding: Holding): readonly EncodedResource[] {
  if (holding instanceof Unsure) return holding.maybe;
  return holding === undefined ? [] : [holding];
}

/** The version that the client holds, or certainly held last. */
export function lastCertain(holding: Holding): EncodedResource | undefined {
  return holding instanceof Unsure ? holding.last : holding;
}

/** The client held `before`, and may hold `now` instead. */
export function eitherOf(before: Holding, now: Holding): Unsure {
  const maybe = [...new Set([...candidates(before), ...candidates(now)])];
  return new Unsure(maybe, isOpen(before) || isOpen(now), lastCertain(before));
}

function isOpen(holding: Holding): boolean {
  return holding instanceof Unsure && holding.other;
}
