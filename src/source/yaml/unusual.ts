/** How the parser of everyday YAML gives up a text that is not, which says nothing of whether the text is valid. */
export class Unusual extends Error {}

/** Leaves a text to the parser that knows all of YAML. */
export function giveUp(): never {
  throw new Unusual();
}
