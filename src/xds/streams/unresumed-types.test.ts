/** What a client can make the server remember beyond its stream is bounded in bytes, however long its words and names are. */
import assert from 'node:assert/strict';
import { identityOf } from '../protocol/identity.js';
import { bytesOfNames } from '../wire/recent.js';
import { UNKNOWN_NODE } from '../wire/xds-node.js';
import type { ClientStatus, TypeStatus } from '../subscriptions/status.js';
import { CLUSTER, LISTENER } from '../protocol/type-urls.js';
import { ALL_NAMES, InterruptedWarming } from './interrupted-warming.js';
import { UnresumedTypes } from './unresumed-types.js';

const MESSAGE = 'x'.repeat(4096);

function names(count: number, length: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index).padStart(length, 'n'));
}

/** The status of a client that rejected something of these types. */
function rejecting(typeUrls: readonly string[], rejected: readonly string[]): ClientStatus {
  const types = typeUrls.map((typeUrl): TypeStatus => {
    const error = { version: '1', message: MESSAGE, names: rejected, at: 0 };
    const state = { state: 'ERROR', since: 0, wildcard: false, sentVersion: '1', ackedVersion: '0' } as const;
    return { ...state, typeUrl, view: 'default', names: new Set(rejected), error };
  });
  return {
    id: 1,
    node: UNKNOWN_NODE,
    peer: '',
    principal: undefined,
    mode: 'delta',
    aggregated: true,
    connectedAt: 0,
    types,
  };
}

describe('the state of disconnected clients', () => {
  it('has identities of the same length for any node', () => {
    const lengths = ['a', 'a'.repeat(1 << 20)].map((id) => identityOf({ ...UNKNOWN_NODE, id }).length);
    assert.deepEqual(lengths, [22, 22]);
    assert.notEqual(
      identityOf({ ...UNKNOWN_NODE, id: 'a' }),
      identityOf({ ...UNKNOWN_NODE, id: 'a', userAgentName: 'e' }),
    );
  });

  it('is limited in bytes, but it is remembered longer that a client rejected a resource', () => {
    const unresumed = new UnresumedTypes();
    const status = rejecting([CLUSTER], names(10_000, 1_000));
    for (let client = 0; client < 2_000; client += 1) unresumed.remember(`c${String(client)}`, status);
    assert.ok(unresumed.bytes <= 4 << 20, String(unresumed.bytes));
    assert.ok(unresumed.size > 0 && unresumed.size < 2_000, String(unresumed.size));
    const [last] = unresumed.of('c1999');
    assert.deepEqual([last?.state, last?.names.size, last?.error?.names.length], ['STALE', 0, 256]);
    assert.deepEqual([...unresumed.of('c0')], []);
    assert.ok(unresumed.has('c0', CLUSTER) && unresumed.has('c1999', CLUSTER));
    assert.ok(!unresumed.has('c0', LISTENER) && !unresumed.has('other', CLUSTER));
  });

  it('is removed for clients that subscribe again', () => {
    const unresumed = new UnresumedTypes();
    for (const client of ['a', 'b']) {
      unresumed.remember(client, rejecting([CLUSTER, LISTENER], ['x']));
      unresumed.remember(client, rejecting([CLUSTER, LISTENER], ['y']));
      for (const typeUrl of [CLUSTER, LISTENER]) unresumed.resumed(client, typeUrl);
    }
    assert.deepEqual([unresumed.size, unresumed.bytes, unresumed.has('a', CLUSTER)], [0, 0, false]);
  });

  it('counts every client as rejecting if there are too many', () => {
    const unresumed = new UnresumedTypes();
    const status = rejecting([CLUSTER], []);
    for (let client = 0; client <= 65_536; client += 1) unresumed.remember(String(client), status);
    assert.ok(unresumed.has('somebody', LISTENER));
  });

  it('names the endpoints that clients waited for, up to a limit of bytes, or else all of them', () => {
    const warming = new InterruptedWarming();
    const long = new Set(names(200, 10_000));
    for (let client = 0; client < 5_000; client += 1) warming.interrupted(String(client), long);
    assert.ok(warming.nameBytes <= 8 << 20);
    assert.equal(warming.size, 4_096);
    assert.equal(warming.take('4999'), ALL_NAMES);
    warming.interrupted('4998', new Set(['a']));
    assert.deepEqual(warming.take('4998'), new Set(['a']));
    assert.deepEqual(warming.take('4998'), undefined);
    assert.equal(warming.nameBytes % bytesOfNames(long), 0);
  });
});
