/** Which resources of a refused response a client means. Knows the words of Envoy, and no streams. */
import type { Batch } from '../subscriptions/batch.js';
import { chunkNames } from '../subscriptions/in-flight.js';
import type { EncodedResource } from '../resources/resource.js';

/** A resource of a refused response, and the part of the client's words that is about it. */
export interface Blamed {
  readonly resource: EncodedResource;
  readonly message: string;
}

/**
 * The resources that are surely meant: those that the message names, or the only one that was new in the response. Where
 * several were new and none is named, nobody is blamed. `fullState`: the response repeats what the client had already.
 */
export function blame(batch: Batch, index: number, fullState: boolean, message: string): readonly Blamed[] {
  const fresh = fullState ? batch.changed : (batch.chunks[index]?.resources ?? []);
  const named = fresh.filter(({ name }) => mentions(message, name));
  if (named.length > 0) return named.map((resource) => ({ resource, message: linesAbout(message, resource.name) }));
  const [only, ...others] = fresh;
  if (only === undefined || others.length > 0) return [];
  // A full state may have been refused again for what was wrong with it before.
  const another = fullState && chunkNames(batch, index).some((name) => mentions(message, name));
  return another ? [] : [{ resource: only, message }];
}

/** Whether the name stands in the message as a word of its own, not within a longer name. */
export function mentions(message: string, name: string): boolean {
  for (let start = message.indexOf(name); name !== '' && start >= 0; start = message.indexOf(name, start + 1)) {
    const [before, after] = [message.slice(Math.max(0, start - 2), start), message.slice(start + name.length)];
    if (!/[\w|/-]\.?$/.test(before) && !/^\.?[\w|/-]/.test(after)) return true;
  }
  return false;
}

/** Envoy gives each resource a line: `Error adding/updating listener(s) a: …`, then `b: …`. */
function linesAbout(message: string, name: string): string {
  const lines = message.split('\n').filter((line) => mentions(line, name));
  return lines.length === 0 ? message : lines.join('\n');
}

/**
 * Words that speak of the machine the client runs on and not of the resource: the same resource may be sound elsewhere. From
 * Envoy's listener manager and its file reading, and the system's error texts.
 */
const HOST_WORDS =
  /cannot bind|failed to (bind|listen|apply socket option)|address (already )?in use|address not available|cannot assign requested address|permission denied|operation not permitted|no such (file|device)|(unable|failed) to (read|open) file|invalid path|too many open files|cannot allocate memory|does not exist on this host/i;

/** Whether a refusal is about the client's own host, such as a port that is taken there. */
export function speaksOfHost(message: string): boolean {
  return HOST_WORDS.test(message);
}
