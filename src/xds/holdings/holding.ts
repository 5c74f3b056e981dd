/** What a client holds under one name: a version, nothing, or one of several that the server cannot tell apart. */
import type { EncodedResource } from '../resources/resource.js';

/** `undefined`: the client holds nothing under this name. */
export type Holding = EncodedResource | Unsure | undefined;

/** The client may hold one of these versions, or nothing. */
export class Unsure {
  readonly maybe: readonly EncodedResource[];
  /** It may also hold a version that is not remembered. */
  readonly other: boolean;
  /** What it held when that was certain last; undefined for nothing. */
  readonly last: EncodedResource | undefined;

  constructor(maybe: readonly EncodedResource[], other: boolean, last: EncodedResource | undefined) {
    this.maybe = maybe;
    this.other = other;
    this.last = last;
  }
}

/** It may hold anything. */
export const ANYTHING = new Unsure([], true, undefined);

/** The version that the client surely holds. */
export function heldVersion(holding: Holding): EncodedResource | undefined {
  return holding instanceof Unsure ? undefined : holding;
}

/** Whether the client may hold something. */
export function mayHold(holding: Holding): boolean {
  return holding instanceof Unsure ? holding.other || holding.maybe.length > 0 : holding !== undefined;
}

/** What the client may hold. */
export function candidates(holding: Holding): readonly EncodedResource[] {
  if (holding instanceof Unsure) return holding.maybe;
  return holding === undefined ? [] : [holding];
}

/** What it holds, or held when that was certain last. */
export function lastCertain(holding: Holding): EncodedResource | undefined {
  return holding instanceof Unsure ? holding.last : holding;
}

/** The client held the one, and may hold the other now. */
export function eitherOf(before: Holding, now: Holding): Unsure {
  const maybe = [...new Set([...candidates(before), ...candidates(now)])];
  return new Unsure(maybe, isOpen(before) || isOpen(now), lastCertain(before));
}

function isOpen(holding: Holding): boolean {
  return holding instanceof Unsure && holding.other;
}
