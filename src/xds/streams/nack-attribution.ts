/** Finds the resources that the error message of a NACK is about. Knows Envoy's error messages, but no streams. */
import { NameIndex } from './name-index.js';

/** The names that the message contains as whole words. One pass over the message for any number of names. */
export function mentionedNames(message: string, names: Iterable<string>): ReadonlySet<string> {
  return new NameIndex(names).in(message);
}

/** Whether the message contains the name as a whole word. */
export function mentions(message: string, name: string): boolean {
  return mentionedNames(message, [name]).has(name);
}

/** By name, the part of the message about it. Envoy writes a line for each resource: `Error adding/updating listener(s) a: …`, then `b: …`. */
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
 * Texts about the client's host, not about the resource, which may be valid on other hosts. From Envoy's listener manager, its file access, and
 * the error texts of the system.
 */
const HOST_WORDS =
  /cannot bind|failed to (bind|listen|apply socket option)|address (already )?in use|address not available|cannot assign requested address|permission denied|operation not permitted|no such (file|device)|(unable|failed) to (read|open) file|invalid path|too many open files|cannot allocate memory|does not exist on this host/i;

/** Whether a NACK is about the client's own host, such as a port that is taken there. */
export function speaksOfHost(message: string): boolean {
  return HOST_WORDS.test(message);
}
