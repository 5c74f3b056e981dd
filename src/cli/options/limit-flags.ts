/** The flags of `serve` that set limits, each with its default and what its value may be. */
import { readDuration } from '../../api/duration.js';
import type { ServerLimits } from '../../serve.js';
import { shareOfHeap } from '../../xds/protocol/limits.js';
import { CliError } from '../output/cli-error.js';
import { Flag } from './flag.js';
import { readCount, readSize } from './quantities.js';

export interface LimitFlags {
  readonly maxRequestSize: string;
  readonly maxStreams: string;
  readonly maxStreamsPerAddress: string;
  readonly maxConnectionsPerAddress: string;
  readonly maxNewStreamsPerSecond: string;
  readonly maxNames: string;
  readonly maxClientMemory: string;
  readonly maxClientMemoryPerAddress: string;
  readonly maxClientMemoryPerStream: string;
  readonly maxHeapUse: string;
  readonly firstRequestTimeout: string;
  readonly answerTimeout: string;
  readonly maxConnectionAge: string;
  readonly acceptancesPerNack: string;
  readonly endpointNackGrace: string;
}

/** The value of a flag, or a sentence that says what it must be. */
type Reading = number | string;

interface LimitFlag {
  readonly name: string;
  readonly placeholder: string;
  readonly description: string;
  readonly default: string;
  readonly read: (text: string) => Reading;
}

const COUNT = 'must be a whole number of at least 1, such as 1000.';
const SIZE = 'must be a size of at least 1KiB, such as 64MiB';
const PERCENTAGE = 'must be a percentage from 1% to 100%.';
const TIME = 'must be a duration from 1s to 24h, such as 30s or 5m.';

/** The least time that a client on a slow network needs, and one within the reach of timers, in milliseconds. */
const SHORTEST_TIME = 1_000;
const LONGEST_TIME = 24 * 3_600_000;
/** A client needs this many bytes at least. */
const SMALLEST_SIZE = 1 << 10;
/** gRPC has the size of a message in four bytes, and Node.js no larger buffers. */
const LARGEST_REQUEST = 1 << 30;

const FLAGS: Readonly<Record<keyof LimitFlags, LimitFlag>> = {
  maxRequestSize: limit('max-request-size', 'size', 'size of a request of a client', '64MiB', readRequestSize),
  maxStreams: limit('max-streams', 'n', 'open streams of all clients', '100000', readNumber),
  maxStreamsPerAddress: limit(
    'max-streams-per-address',
    'n',
    'open streams of an IPv4 address or an IPv6 network (/64)',
    '20000',
    readNumber,
  ),
  maxConnectionsPerAddress: limit(
    'max-connections-per-address',
    'n',
    'open connections of an IPv4 address or an IPv6 network (/64)',
    '20000',
    readNumber,
  ),
  maxNewStreamsPerSecond: limit(
    'max-new-streams-per-second',
    'n',
    'streams that are admitted per second, with bursts of twice as many; further ones wait; unlimited: all',
    'unlimited',
    orUnlimited(readNumber),
  ),
  maxNames: limit('max-names', 'n', 'names in a request', '200000', readNumber),
  maxClientMemory: limit(
    'max-client-memory',
    'size',
    'memory for the names, versions and nodes of all clients: a size, or a percentage of the heap limit of V8',
    '25%',
    readMemory,
  ),
  maxClientMemoryPerAddress: limit(
    'max-client-memory-per-address',
    'size',
    'the same for an IPv4 address or an IPv6 network (/64)',
    '20%',
    readMemory,
  ),
  maxClientMemoryPerStream: limit('max-client-memory-per-stream', 'size', 'the same for a stream', '15%', readMemory),
  maxHeapUse: limit(
    'max-heap-use',
    'percentage',
    'use of the heap limit of V8 above which new streams are refused and /readyz is 503',
    '85%',
    (text) => readPercentage(text) ?? PERCENTAGE,
  ),
  firstRequestTimeout: limit(
    'first-request-timeout',
    'duration',
    'how long a client has to send the first request of a stream, and to complete a request',
    '60s',
    readTime,
  ),
  answerTimeout: limit(
    'answer-timeout',
    'duration',
    'how long a client has to answer a response (ACK or NACK)',
    '5m',
    readTime,
  ),
  maxConnectionAge: limit(
    'max-connection-age',
    'duration',
    'age, with a jitter of 10 %, at which a client is asked to reconnect, so that clients spread over replicas; unlimited: never',
    'unlimited',
    orUnlimited(readTime),
  ),
  acceptancesPerNack: limit(
    'acceptances-per-nack',
    'n',
    'acknowledgements of a version that outweigh one rejection (NACK) by a client that has not proved who it is',
    '10',
    readNumber,
  ),
  endpointNackGrace: limit(
    'endpoint-nack-grace',
    'duration',
    'how long endpoints are withheld from other clients after a rejection (NACK)',
    '30s',
    readTime,
  ),
};

function limit(
  name: string,
  placeholder: string,
  description: string,
  standard: string,
  read: LimitFlag['read'],
): LimitFlag {
  return { name, placeholder, description, default: standard, read };
}

export function limitFlags(): readonly Flag[] {
  return Object.values(FLAGS).map(
    (flag) => new Flag(`--${flag.name} <${flag.placeholder}>`, flag.description, { default: flag.default }),
  );
}

/** @throws CliError (usage) with the flag and what its value must be. */
export function clientLimitsOf(values: LimitFlags): ServerLimits {
  const value = (key: keyof LimitFlags): number => {
    const reading = FLAGS[key].read(values[key]);
    if (typeof reading === 'number') return reading;
    throw new CliError('usage', `--${FLAGS[key].name} ${values[key]}: ${reading}`);
  };
  const [timeoutMs, age] = [value('firstRequestTimeout'), value('maxConnectionAge')];
  return {
    streams: {
      maxRequestBytes: value('maxRequestSize'),
      maxStreams: value('maxStreams'),
      maxStreamsPerAddress: value('maxStreamsPerAddress'),
      newStreamsPerSecond: value('maxNewStreamsPerSecond'),
      maxNames: value('maxNames'),
      maxRememberedBytes: value('maxClientMemory'),
      maxRememberedBytesPerAddress: value('maxClientMemoryPerAddress'),
      maxRememberedBytesPerStream: value('maxClientMemoryPerStream'),
      maxHeapUse: value('maxHeapUse'),
      firstRequestMs: timeoutMs,
      answerMs: value('answerTimeout'),
      acceptancesPerNack: value('acceptancesPerNack'),
      endpointNackGraceMs: value('endpointNackGrace'),
    },
    connections: {
      maxConnectionsPerAddress: value('maxConnectionsPerAddress'),
      incompleteMs: timeoutMs,
      ...(age < Infinity && { maxConnectionAgeMs: age }),
    },
  };
}

function readNumber(text: string): Reading {
  return readCount(text) ?? COUNT;
}

function orUnlimited(read: LimitFlag['read']): LimitFlag['read'] {
  return (text) => {
    if (text === 'unlimited') return Infinity;
    const reading = read(text);
    return typeof reading === 'number' ? reading : `${reading} Or unlimited.`;
  };
}

function readClientSize(text: string): number | undefined {
  const bytes = readSize(text) ?? 0;
  return bytes >= SMALLEST_SIZE ? bytes : undefined;
}

function readRequestSize(text: string): Reading {
  const bytes = readClientSize(text);
  return bytes === undefined || bytes > LARGEST_REQUEST ? `${SIZE} and of at most 1GiB.` : bytes;
}

function readMemory(text: string): Reading {
  const share = readPercentage(text);
  return share === undefined
    ? (readClientSize(text) ?? `${SIZE}, or a percentage of the heap limit, such as 10%.`)
    : shareOfHeap(share);
}

function readPercentage(text: string): number | undefined {
  const percentage = Number(/^(\d+(?:\.\d+)?)%$/.exec(text)?.[1]);
  return percentage >= 1 && percentage <= 100 ? percentage / 100 : undefined;
}

function readTime(text: string): Reading {
  const reading = readDuration(text);
  if ('problem' in reading) return reading.problem;
  const { milliseconds } = reading;
  return milliseconds >= SHORTEST_TIME && milliseconds <= LONGEST_TIME ? milliseconds : TIME;
}
