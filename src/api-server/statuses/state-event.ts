/** The event that a new state is worth. */
import type { ObjectEvent } from './event-recorder.js';
import type { StatusFields } from './on-server.js';

/** `undefined`: the state is the same as before, or nobody waits for it. */
export function stateEvent(before: StatusFields, now: StatusFields): ObjectEvent | undefined {
  const state = now['state'];
  if (state === before['state'] && (state === 'ACCEPTED' || same(before['errors'], now['errors']))) return undefined;
  if (state === 'ACCEPTED') return { reason: 'Accepted', message: 'The resource is valid and in force.' };
  if (state === 'INVALID') return { reason: 'Invalid', message: sentences(now['errors']) };
  if (state === 'FAILED') return { reason: 'Refused', message: sentences(now['errors']) };
  return undefined;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function sentences(errors: unknown): string {
  return Array.isArray(errors) ? errors.join(' ') : '';
}
