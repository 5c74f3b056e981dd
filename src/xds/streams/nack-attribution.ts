/** Attributes a NACK to resources of the rejected response by its error message. Knows Envoy's texts, and no streams. */
import { NameIndex } from './name-index.js';

/** Those of the names that stand in the message as words of their own, not within longer names. One pass, however many there are. */
export function mentionedNames(message: string, names: Iterable<string>): ReadonlySet<string> {
  return new NameIndex(names).in(message);
}

/** Whether the name stands in the message as a word of its own, not within a longer name. */
export function mentions(message: string, name: string): boolean {
  return mentionedNames(message, [name]).has(name);
}

/** By name, the part of the words that is about it. Envoy gives each resource a line: `Error adding/updating listener(s) a: …`, then `b: …`. */
export function linesAbout(message: string, names: ReadonlySet<string>): ReadonlyMap<string, string> {
  const index = new NameIndex(names);
  const about = new Map<string, string>();
  for (const line of message.split('\n'))
    for (const name of index.in(line)) {
      const before = about.get(name);
      about.set(name, before === undefined ? line : `${before}\n${line}`);
    }
  return about;
}

/**
 * Words that speak of the machine the client runs on and not of the resource: the same resource may be sound elsewhere. From
 * Envoy's listener manager and its file reading, and the system's error texts.
 */
const HOST_WORDS =
  /cannot bind|failed to (bind|listen|apply socket option)|address (already )?in use|address not available|cannot assign requested address|permission denied|operation not permitted|no such (file|device)|(unable|failed) to (read|open) file|invalid path|too many open files|cannot allocate memory|does not exist on this host/i;

/** Whether a NACK is about the client's own host, such as a port that is taken there. */
export function speaksOfHost(message: string): boolean {
  return HOST_WORDS.test(message);
}
