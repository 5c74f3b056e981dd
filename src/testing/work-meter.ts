/**
 * Counts the work of a piece of code: calls that read protobuf, bytes that are copied, compared and decoded, characters that are searched, and
 * visited items of lists, sets and maps. Unlike time, the number is the same on every machine.
 */
import { Session, type HeapProfiler } from 'node:inspector';
import { WireReader } from '../proto/wire-reader.js';

type Cost = (self: unknown, args: readonly unknown[], result: unknown) => number;
type Method = (this: unknown, ...args: readonly unknown[]) => unknown;
type Meterable = Record<PropertyKey, Method>;

const once: Cost = () => 1;
/** The length of the receiver. */
const whole: Cost = (self) => 1 + (self as string | Buffer).length;
const resultLength: Cost = (_self, _args, result) => 1 + (result as string | Buffer).length;
const decoded: Cost = (self, [, start = 0, end]) => 1 + (Number(end ?? (self as Buffer).length) - Number(start));
/** A comparison ends at the first difference. */
const compared: Cost = (self, [other, start = 0]) => 1 + commonPrefix(self as Buffer, other as Buffer, Number(start));

function commonPrefix(one: Buffer, other: Buffer, start: number): number {
  let length = 0;
  while (length < one.length && one[length] === other[start + length]) length += 1;
  return length;
}

/** A search that starts after the last match ends at the next one. */
const searched: Cost = (self, [text], result) =>
  1 + ((self as RegExp).global && result !== null ? (result as RegExpExecArray)[0].length : String(text).length);

const ARRAY_ITERATOR: unknown = Object.getPrototypeOf([][Symbol.iterator]());

/** The counted functions, and the cost of a call. */
const METERED: readonly (readonly [target: unknown, methods: readonly string[], cost: Cost])[] = [
  [WireReader.prototype, ['varint', 'tag', 'span', 'message', 'string', 'double', 'skip'], once],
  [Buffer, ['concat', 'from', 'allocUnsafeSlow'], resultLength],
  [Buffer.prototype, ['compare', 'equals'], compared],
  [Buffer.prototype, ['toString'], decoded],
  [Buffer.prototype, ['copy'], (_self, _args, result) => 1 + Number(result)],
  [String.prototype, ['indexOf', 'includes', 'split', 'replace', 'match', 'matchAll'], whole],
  [String.prototype, ['slice'], resultLength],
  [RegExp.prototype, ['exec'], searched],
  [Set.prototype, ['has', 'add', 'delete'], once],
  [Map.prototype, ['has', 'get', 'set', 'delete'], once],
  [ARRAY_ITERATOR, ['next'], once],
];

/** The number of steps of the action, by counted function. */
export function countSteps(action: () => void): number {
  const stop = startCounting();
  try {
    action();
  } finally {
    stop();
  }
  return stop();
}

/** The same for an action over several turns of the event loop. Nothing else may run meanwhile. */
export async function countStepsUntil(action: () => Promise<void>): Promise<number> {
  const stop = startCounting();
  try {
    await action();
  } finally {
    stop();
  }
  return stop();
}

/** Counts until the returned function is called, which returns the number of steps. */
function startCounting(): () => number {
  let steps = 0;
  const restore = METERED.flatMap(([target, methods, cost]) =>
    methods.map((name) =>
      meter(target as Meterable, name, (self, args, result) => (steps += cost(self, args, result))),
    ),
  );
  return () => {
    // Without an iterator, because iterators are counted.
    // eslint-disable-next-line @typescript-eslint/prefer-for-of -- that is an iterator
    for (let index = 0; index < restore.length; index += 1) restore[index]?.();
    restore.length = 0;
    return steps;
  };
}

function meter(target: Meterable, name: string, count: Cost): () => void {
  const original = target[name]!;
  target[name] = function (this: unknown, ...args: readonly unknown[]): unknown {
    const result: unknown = Reflect.apply(original, this, args);
    count(this, args, result);
    return result;
  };
  return () => (target[name] = original);
}

/** An estimate of the number of bytes that the action allocates on the heap, including garbage. Shows copies of objects, which are no calls. */
export function allocatedBytes(action: () => void): number {
  const session = new Session();
  session.connect();
  let bytes = 0;
  session.post('HeapProfiler.startSampling', {
    samplingInterval: 1 << 14,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  } as HeapProfiler.StartSamplingParameterType);
  try {
    action();
    session.post('HeapProfiler.stopSampling', (_error, { profile }) => (bytes = sizeOf(profile.head)));
  } finally {
    session.disconnect();
  }
  return bytes;
}

function sizeOf({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number {
  return children.reduce((sum, child) => sum + sizeOf(child), selfSize);
}
