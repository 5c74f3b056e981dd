/**
 * Documents with mistakes of real users, or that are easily misread: the expected result of each, in `lifeboat check` and in a real Envoy. One
 * Envoy gets all of them at once, which also shows that none affects another.
 *
 * Other tests cover: invalid addresses and ports in running services (`bad-values`), pods of two IP families (`dual-stack`), services of
 * different protocols, by address and by name, behind one hostname (`mixed-settings`), host headers of external names (`external-names`), long
 * streams, and connections when endpoints change (`streams`), the client's address (`gateways`), several databases on one port with interception
 * (`interception`).
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { BACKENDS, ROWS } from './inputs/rows.js';
import type { Backend } from './support/services/backend.js';
import { InputWorld } from './support/input-world.js';
import { StreamBackend } from './support/services/stream-backend.js';
import { ask } from './support/clients/stream-client.js';

const INPUTS = fileURLToPath(new URL('../../integration/inputs/', import.meta.url));

/** Longer than the timeout in the files, in milliseconds. */
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
