/**
 * The test support itself: failures are detected, and backends fail as they say. Otherwise passing tests would mean nothing.
 */
import assert from 'node:assert/strict';
import { parseLdd } from '../../envoy/image/shared-libraries.js';
import { canBind, claimTestBlock } from './processes/addresses.js';
import { eventually } from './processes/eventually.js';
import { send } from './clients/http-client.js';
import { checkShare } from './clients/share.js';
import { withStory } from './story.js';

describe('the harness', () => {
  it('gives every test its own addresses', async () => {
    const blocks = await Promise.all(Array.from({ length: 20 }, claimTestBlock));
    assert.equal(new Set(blocks.map((block) => block.prefix)).size, blocks.length);
    for (const block of blocks) block.release();
  });

  it(
    'detects that a port is used',
    withStory(async (story) => {
      const backend = await story.backend('taken');
      assert.equal(await canBind(backend.address, backend.port), false);
      assert.equal(await canBind('0.0.0.0', backend.port), false);
    }),
  );

  it(
    'has backends that refuse connections, hang, fail and recover',
    withStory(async (story) => {
      const backend = await story.backend('reviews');
      const ask = (timeout?: number) =>
        send({ address: backend.address, port: backend.port, ...(timeout !== undefined && { timeout }) });
      assert.deepEqual([(await ask()).status, (await ask()).headers['x-backend']], [200, 'reviews']);
      backend.answer({ status: 503 });
      assert.equal((await ask()).status, 503);
      backend.hang();
      await assert.rejects(ask(200), /no answer in time/);
      await backend.refuse();
      await assert.rejects(ask(), { code: 'ECONNREFUSED' });
      await backend.restore();
      assert.equal((await ask()).status, 200);
      assert.equal(backend.received('GET'), 5);
    }),
  );

  it(
    'counts failed requests, and responses by backend',
    withStory(async (story) => {
      const backend = await story.backend('reviews');
      const traffic = story.traffic(backend, { concurrency: 3 });
      await traffic.settlesOn(['reviews']);
      backend.answer({ status: 500 });
      await traffic.fails(10);
      await backend.refuse();
      await traffic.fails(10);
      const account = await traffic.stop();
      assert.ok((account.answered['reviews'] ?? 0) >= 100 && account.failed >= 20);
      assert.ok(account.failures.some((failure) => failure.reason.startsWith('500')));
    }),
  );

  it(
    'sends requests to several hosts in turn, and tells of each failure',
    withStory(async (story) => {
      const backend = await story.backend('reviews');
      backend.answer({ status: 503 });
      const failed: string[] = [];
      const onFailure = ({ host, reason }: { readonly host: string; readonly reason: string }): void =>
        void failed.push(`${host}: ${reason.slice(0, 3)}`);
      const traffic = story.traffic(backend, { host: ['one', 'two'], onFailure });
      await traffic.fails(3);
      assert.equal((await traffic.stop()).failed, failed.length);
      assert.deepEqual(failed.slice(0, 3), ['one: 503', 'two: 503', 'one: 503']);
    }),
  );

  it('accepts a share by chance, and no other', () => {
    const quarter = { percent: 25, not: [0, 50, 75] };
    for (const count of [404, 500, 596]) checkShare(count, 2_000, quarter);
    for (const count of [0, 403, 597, 1_000, 1_500])
      assert.throws(() => checkShare(count, 2_000, quarter), /is not 25 %/);
    assert.throws(() => checkShare(25, 100, quarter), /100 requests do not tell 25 % from 50 %/);
  });

  it('reports the last error after a timeout', async () => {
    const never = () => {
      throw new Error('the reason');
    };
    await assert.rejects(
      eventually(never, { timeout: 60, what: 'never' }),
      /After 60 ms still not so: never: the reason/,
    );
  });

  it('reads the output of ldd', () => {
    const text =
      '\tlinux-vdso.so.1 (0x00007ffc)\n\tlibm.so.6 => /lib/libm.so.6 (0x00007f81)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007fc1)\n';
    assert.deepEqual(parseLdd(text), ['/lib/libm.so.6', '/lib64/ld-linux-x86-64.so.2']);
    assert.throws(() => parseLdd('\tlibx.so => not found\n'), /libx\.so is missing/);
  });
});
