/**
 * Documents that real users got wrong, or that were misread: what is right for each, as `lifeboat check` and a real Envoy show it. One
 * Envoy has all of them at once, so that it is also shown that none of them harms another.
 *
 * Kinds of documents that have a story of their own: addresses and ports that are none, in running services (`bad-values`), pods of two IP
 * families (`dual-stack`), services of different protocols, by address and by name, behind one hostname (`mixed-settings`), names that are
 * asked by their own (`external-names`), long streams, and connections when endpoints change (`streams`), the client's address
 * (`gateways`), several databases on one port where connections are intercepted (`interception`).
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { BACKENDS, ROWS } from './inputs/rows.js';
import type { Backend } from './support/services/backend.js';
import { InputWorld } from './support/input-world.js';
import { StreamBackend } from './support/services/stream-backend.js';
import { ask } from './support/clients/stream-client.js';

const INPUTS = fileURLToPath(new URL('../../integration/inputs/', import.meta.url));

/** Milliseconds; more than the timeout in the files. */
const LATE = 400;

describe('documents that are easily misread', () => {
  let world: InputWorld;
  const backends = new Map<string, Backend>();

  before(async () => {
    world = await InputWorld.begin(INPUTS);
    for (const [name, options] of Object.entries(BACKENDS)) {
      backends.set(name, await world.story.backend(name, { address: world.address(name), ...options }));
    }
    backends.get('LATE')?.answer({ delay: LATE });
  });
  after(() => world.end());

  for (const { input, right, findings = [], requests = [] } of ROWS) {
    it(`${input}: ${right}`, async () => {
      const found = world.findings.filter(({ file, code }) => file === `${input}.yaml` && code !== 'HangNoticedLate');
      assert.deepEqual(
        found.map(({ line, code }) => [line, code]),
        findings.map(([line, code]) => [line, code]),
      );
      findings.forEach(([, , words], i) => assert.ok(found[i]?.message.includes(words), found[i]?.message));
      for (const [host, answer, path] of requests) assert.equal(await world.ask(host, path), answer, host);
    });
  }

  it('a connection to a port with the name of a database passes through unchanged', async () => {
    const port = await world.port('PORT_CACHE');
    const cache = await StreamBackend.start({ name: 'cache', address: world.address('CACHE'), port });
    world.story.atEnd(() => cache.refuse());
    assert.equal(await ask({ address: world.listeners, port }), 'cache');
  });

  it('a gRPC hostname fails over to the next service over HTTP/2', async () => {
    await backends.get('SEATS_NORTH')?.refuse();
    assert.equal(await world.ask('seats.global'), 'SEATS_SOUTH');
  });

  it('a call with status UNAVAILABLE is retried unless attempts is 0', async () => {
    const busy = backends.get('BUSY');
    const calls = async (host: string): Promise<number> => {
      const before = busy?.received() ?? 0;
      await world.ask(host);
      return (busy?.received() ?? 0) - before;
    };
    assert.deepEqual([await calls('busy-once.global'), await calls('busy.global')], [1, 3]);
  });

  it('each file has a row', () => {
    assert.deepEqual(
      [...new Set(ROWS.map(({ input }) => input))].sort(),
      world.inputs.map((name) => name.replace(/\.yaml$/, '')),
    );
  });
});
