/** The flags that set limits: what they take, and what they say of anything else. */
import assert from 'node:assert/strict';
import { runCommand } from '../../testing/run-command.js';
import { shareOfHeap } from '../../xds/protocol/limits.js';
import { type LimitFlags, limitFlags, clientLimitsOf } from './limit-flags.js';

function values(changed: Partial<LimitFlags>): LimitFlags {
  const defaults = limitFlags().map((flag) => [flag.attributeName(), flag.defaultValue as string]);
  return { ...(Object.fromEntries(defaults) as unknown as LimitFlags), ...changed };
}

describe('limits of serve', () => {
  it('are numbers, sizes, shares and times', () => {
    const { streams, connections } = clientLimitsOf(
      values({
        maxRequestSize: '1.5MiB',
        maxStreams: '7',
        maxNewStreamsPerSecond: '250',
        maxClientMemory: '10%',
        maxClientMemoryPerStream: '2GiB',
        maxHeapUse: '50.5%',
        firstRequestTimeout: '90s',
        answerTimeout: '1h30m',
        maxConnectionsPerAddress: '3',
        maxConnectionAge: '30m',
        acceptancesPerNack: '3',
        endpointNackGrace: '5s',
      }),
    );
    assert.deepEqual(
      [streams.maxRequestBytes, streams.maxStreams, streams.newStreamsPerSecond, streams.maxHeapUse],
      [1.5 * (1 << 20), 7, 250, 0.505],
    );
    assert.deepEqual(
      [streams.maxRememberedBytes, streams.maxRememberedBytesPerStream],
      [shareOfHeap(0.1), 2 * (1 << 30)],
    );
    assert.deepEqual([streams.firstRequestMs, streams.answerMs], [90_000, 5_400_000]);
    assert.deepEqual([streams.acceptancesPerNack, streams.endpointNackGraceMs], [3, 5_000]);
    assert.deepEqual(connections, {
      maxConnectionsPerAddress: 3,
      incompleteMs: 90_000,
      maxConnectionAgeMs: 1_800_000,
    });
    assert.equal(clientLimitsOf(values({})).connections.maxConnectionAgeMs, undefined);
  });

  const mistakes: readonly (readonly [flag: string, value: string, message: string])[] = [
    ['--max-streams', '0', 'must be a whole number of at least 1, such as 1000.'],
    ['--max-streams', '1e3', 'must be a whole number of at least 1, such as 1000.'],
    ['--max-names', '-1', 'must be a whole number of at least 1, such as 1000.'],
    ['--max-new-streams-per-second', 'all', 'must be a whole number of at least 1, such as 1000. Or unlimited.'],
    ['--max-request-size', '64', 'must be a size of at least 1KiB, such as 64MiB and of at most 1GiB.'],
    ['--max-request-size', '2GiB', 'must be a size of at least 1KiB, such as 64MiB and of at most 1GiB.'],
    ['--max-request-size', '10%', 'must be a size of at least 1KiB, such as 64MiB and of at most 1GiB.'],
    [
      '--max-client-memory',
      '0%',
      'must be a size of at least 1KiB, such as 64MiB, or a percentage of the heap limit, such as 10%.',
    ],
    ['--max-heap-use', '85', 'must be a percentage from 1% to 100%.'],
    ['--max-heap-use', '101%', 'must be a percentage from 1% to 100%.'],
    ['--answer-timeout', '500ms', 'must be a duration from 1s to 24h, such as 30s or 5m.'],
    ['--first-request-timeout', '100h', 'must be a duration from 1s to 24h, such as 30s or 5m.'],
    ['--max-connection-age', '1ms', 'must be a duration from 1s to 24h, such as 30s or 5m. Or unlimited.'],
  ];
  for (const [flag, value, message] of mistakes)
    it(`refuse ${flag} ${value}`, async () => {
      const { code, err } = await runCommand(['serve', '--config', '.', flag, value]);
      assert.deepEqual([code, err], [2, `error: ${flag} ${value}: ${message}\n`]);
    });

  it('can be set by the environment', async () => {
    const { code, err } = await runCommand(['serve', '--config', '.'], { env: { LIFEBOAT_MAX_STREAMS: 'many' } });
    assert.deepEqual([code, err.startsWith('error: --max-streams many: must be')], [2, true], err);
  });
});
