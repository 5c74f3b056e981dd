/** Histories in which a client once waited in vain for endpoints, or for the answer that they do not exist, or had a route to nothing. */
import type { Step, World } from './random-run.js';

export interface History {
  /** What each view has at the start. */
  readonly first: readonly World[];
  readonly changes: readonly Step[];
  /** What both views have in the end. */
  readonly last: World;
}

export interface FailedHistory extends History {
  readonly what: string;
}

/** Clusters by name with their contents. Each has endpoints. */
function world(clusters: Readonly<Record<string, string>>): World {
  return { clusters: Object.entries(clusters).map(([name, content]) => [name, content, '1']), routes: [[]] };
}

/** The same with a route to the first of them. */
function routed(clusters: Readonly<Record<string, string>>): World {
  return { ...world(clusters), routes: [[0]] };
}

/** Clients take the oldest response. */
function take(...clients: readonly number[]): readonly Step[] {
  return clients.map((client) => ({ kind: 'client', client, count: 1 }));
}

export const ONCE_FAILED: readonly FailedHistory[] = [
  {
    what: 'a view change takes away the cluster that is on its way, and its endpoints, before the client subscribes to them',
    first: [world({ d: '1', b: '1', a: '1' }), world({ a: '1' })],
    changes: [
      ...take(0, 1, 1, 1, 0),
      { kind: 'move', client: 0, view: 1 },
      { kind: 'move', client: 1, view: 1 },
      { kind: 'change', view: 1, world: world({ b: '1' }) },
      ...take(1),
    ],
    last: world({ a: '1' }),
  },
  {
    what: 'a cluster changes, is deleted and added again before the client acknowledges the change',
    first: [world({ c: '1' }), world({ a: '1' })],
    changes: [
      ...take(0, 0),
      { kind: 'restart', back: [true, false, false, false] },
      ...take(0),
      { kind: 'change', view: 0, world: world({ c: '4', a: '1' }) },
      { kind: 'change', view: 0, world: world({ a: '1' }) },
      { kind: 'client', client: 0, count: 2 },
    ],
    last: world({ c: '1', a: '1' }),
  },
  {
    what: 'a cluster that waits for its endpoints is deleted while the client reconnects, and added again',
    first: [world({ a: '1', e: '1' }), world({ a: '1' })],
    changes: [
      ...take(0, 1, 1),
      { kind: 'restart', back: [false, true, false, false] },
      { kind: 'change', view: 0, world: world({ a: '5' }) },
    ],
    last: world({ e: '1' }),
  },
  {
    what: 'a change of a cluster follows in a second response, when the cluster and its endpoints are already deleted',
    first: [world({ a: '1' }), world({ a: '1' })],
    changes: [
      { kind: 'change', view: 0, world: world({ b: '1' }) },
      ...take(3),
      { kind: 'move', client: 3, view: 1 },
      { kind: 'change', view: 1, world: world({ a: '1', c: '1', b: '4' }) },
      ...take(3),
    ],
    last: world({ a: '1' }),
  },
  {
    what: 'a cluster changes while its client reconnects, and is deleted with its endpoints',
    first: [world({ a: '1' }), world({ a: '1' })],
    changes: [
      ...take(0, 3, 3, 3),
      { kind: 'change', view: 0, world: world({ e: '1' }) },
      ...take(3, 3),
      { kind: 'restart', back: [false, false, false, true] },
      ...take(0, 3, 3),
      { kind: 'change', view: 0, world: world({ e: '2', a: '1' }) },
    ],
    last: world({ a: '1' }),
  },
  {
    what: 'a client comes back and waits for endpoints that were deleted before',
    first: [world({ b: '1', a: '1' }), world({ a: '1' })],
    changes: [
      ...take(0, 0, 1, 1),
      { kind: 'restart', back: [false, false, false, false] },
      { kind: 'change', view: 0, world: world({ a: '1', b: '4' }) },
      { kind: 'toggle', client: 0 },
      { kind: 'change', view: 0, world: world({ e: '1' }) },
    ],
    last: world({ d: '1', b: '1' }),
  },
  {
    what: 'a client comes back to another server while a cluster warms, and the cluster is deleted with its endpoints',
    first: [world({ c: '1' }), world({ a: '1' })],
    changes: [
      ...take(0, 1, 1),
      { kind: 'restart', back: [false, true, false, false] },
      { kind: 'change', view: 0, world: world({ a: '1' }) },
      ...take(1),
      { kind: 'restart', back: [false, true, false, false] },
      { kind: 'change', view: 0, world: world({ a: '1', c: '2' }) },
      { kind: 'move', client: 1, view: 1 },
    ],
    last: world({ a: '1' }),
  },
  {
    what: 'a client comes back and waits for endpoints that were deleted before, and its view changes before it is told',
    first: [world({ a: '1', d: '1' }), world({ a: '1' })],
    changes: [
      ...take(0, 3, 3),
      { kind: 'change', view: 0, world: world({ a: '3' }) },
      { kind: 'restart', back: [false, false, false, true] },
      { kind: 'move', client: 3, view: 1 },
    ],
    last: world({ a: '1' }),
  },
  {
    what: 'a client comes back and waits for endpoints, and its view changes to one in which they were deleted',
    first: [world({ d: '1', b: '1', a: '1' }), world({ a: '1' })],
    changes: [
      ...take(0, 3, 3, 3, 3),
      { kind: 'restart', back: [false, false, true, false] },
      ...take(0, 2),
      { kind: 'move', client: 3, view: 1 },
      { kind: 'change', view: 0, world: world({ b: '1' }) },
      { kind: 'toggle', client: 3 },
      { kind: 'move', client: 3, view: 0 },
    ],
    last: world({ c: '1' }),
  },
  {
    what: 'a cluster that a client brought along is deleted while its route cannot be replaced, and the route changes later',
    first: [routed({ a: '1' }), world({ a: '1' })],
    changes: [
      ...take(0, 0),
      { kind: 'restart', back: [true, false, false, false] },
      ...take(0, 0, 0),
      { kind: 'change', view: 0, world: routed({ e: 'bad', d: '1' }) },
      { kind: 'client', client: 0, count: 2 },
    ],
    last: world({ c: '1' }),
  },
];
