/** Logs one line for each applied change: numbers of resources, some of their names, and the number of changed collections. */
import type { Logger } from 'pino';

/** The name of a changed resource. */
export interface Changed {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly cluster?: string;
}

export interface Change {
  readonly added: readonly Changed[];
  readonly changed: readonly Changed[];
  readonly removed: readonly Changed[];
  /** Number of changed collections. A collection is the resources of one type that clients with the same view share. */
  readonly collections: number;
}

/** The maximum number of names in a line. */
const MOST_NAMES = 10;

/** Logs a change. Changes of findings alone are logged elsewhere. */
export function logChange(logger: Logger, { added, changed, removed, collections }: Change): void {
  const all = [...named('added', added), ...named('changed', changed), ...named('removed', removed)];
  if (all.length === 0) return;
  const names = all.slice(0, MOST_NAMES).map(({ what, text }) => `${what} ${text}`);
  const more = all.length - names.length;
  const counts = { added: added.length, changed: changed.length, removed: removed.length, kinds: countKinds(all) };
  logger.info({ ...counts, names, ...(more > 0 && { more }), collections }, 'applied a change');
}

interface Named {
  readonly what: string;
  readonly kind: string;
  readonly text: string;
}

function named(what: string, changes: readonly Changed[]): readonly Named[] {
  return changes.map(({ kind, namespace, name, cluster }) => {
    const place = namespace === '' ? name : `${namespace}/${name}`;
    return { what, kind, text: `${kind} ${place}${cluster === undefined ? '' : ` of ${cluster}`}` };
  });
}

function countKinds(all: readonly Named[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { kind } of all) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.fromEntries(counts);
}
