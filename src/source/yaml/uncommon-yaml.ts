/** Thrown by the parser of common YAML for a text that it does not support. The text may be valid. */
export class UncommonYaml extends Error {}

/** Leaves a text to the full parser. */
export function giveUp(): never {
  throw new UncommonYaml();
}
