/**
 * What one client can cost everybody: the work of taking a request in grows with its bytes, and with nothing else, whatever it says.
 * Counted in steps and in allocated bytes.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns } from '../testing/property-runs.js';
import { allocatedBytes, countSteps } from '../testing/work-meter.js';
import { MODES, cluster } from '../testing/xds/server.js';
import type { ClientMode } from '../testing/xds/client-wire.js';
import { type MessageSink, ResourceStore, XdsServer } from './index.js';
import { CLUSTER_LOAD_ASSIGNMENT } from './protocol/type-urls.js';
import { fieldSize, writeHead } from './wire/writer.js';

/** Steps for each byte of a request, and those that every request takes. */
const STEPS_PER_BYTE = 20;
const BASE_STEPS = 5_000;
/** V8's objects for a field of a few bytes are large: about 450 bytes for each byte of nested metadata. */
const ALLOCATED_PER_BYTE = 2_000;
const BASE_ALLOCATED = 4 << 20;

/** Fields of the two requests. */
const FIELDS = {
  sotw: { node: 2, typeUrl: 4, names: 3, error: 6, locators: 7, other: 1 },
  delta: { node: 1, typeUrl: 2, names: 3, error: 7, locators: 8, other: 6 },
} as const;

function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  const whole = Buffer.alloc(fieldSize(bytes.length));
  bytes.copy(whole, writeHead(whole, 0, number, bytes.length));
  return whole;
}

function repeat(count: number, part: (index: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => part(index)));
}

/** `google.protobuf.Struct` with one entry. */
function struct(key: string, value: Buffer = Buffer.from([0x08, 0])): Buffer {
  return field(1, Buffer.concat([field(1, key), field(2, value)]));
}

function nested(depth: number, key: string): Buffer {
  return depth === 0 ? struct(key) : struct(key, field(5, nested(depth - 1, key)));
}

/** What follows the node's id and the type in a request, of about so many parts. */
const ADVERSARIAL: Readonly<Record<string, (mode: ClientMode, parts: number) => Buffer>> = {
  'node metadata in parts': (mode, parts) =>
    field(
      FIELDS[mode].node,
      repeat(parts, (index) => field(3, struct(`key-${String(index)}`))),
    ),
  'node metadata in parts that are nested': (mode, parts) =>
    field(
      FIELDS[mode].node,
      repeat(parts / 10, (index) => field(3, nested(20, String(index)))),
    ),
  'a node in parts': (mode, parts) =>
    repeat(parts, (index) => field(FIELDS[mode].node, field(3, struct(String(index))))),
  'names that alternate with another field': (mode, parts) =>
    repeat(parts, (index) =>
      Buffer.concat([field(FIELDS[mode].names, `a${String(index)}`), field(FIELDS[mode].other, '')]),
    ),
  'names that alternate with locators': (mode, parts) =>
    repeat(parts, (index) =>
      Buffer.concat([
        field(FIELDS[mode].names, `a${String(index)}`),
        field(FIELDS[mode].locators, field(1, `b${String(index)}`)),
      ]),
    ),
  'names, one by one': (mode, parts) => repeat(parts, (index) => field(FIELDS[mode].names, `name-${String(index)}`)),
  'the same name again and again': (mode, parts) => repeat(parts, () => field(FIELDS[mode].names, 'a')),
  'empty fields': (mode, parts) => repeat(parts, () => field(FIELDS[mode].other, '')),
  'unknown fields': (_mode, parts) => repeat(parts, () => Buffer.from([0x78, 0x01])),
  'words of an error in parts': (mode, parts) =>
    repeat(parts, () => field(FIELDS[mode].error, field(2, 'x'.repeat(20)))),
  'versions of the same name': (_mode, parts) =>
    repeat(parts, (index) => field(5, Buffer.concat([field(1, 'a'), field(2, String(index))]))),
};

describe('the cost of a request', () => {
  for (const mode of MODES)
    for (const [title, content] of Object.entries(ADVERSARIAL))
      it(`is linear for ${title} (${mode})`, () => {
        for (const parts of [1_000, 8_000]) checkCost(mode, request(mode, content(mode, parts)));
      });

  for (const mode of MODES)
    it(`is linear for any fields in any order and in any parts (${mode})`, () => {
      const text = fc.string({ maxLength: 8 });
      const value: fc.Arbitrary<Buffer> = fc.letrec<{ value: Buffer; struct: Buffer }>((tie) => ({
        struct: fc
          .array(fc.tuple(text, tie('value')), { maxLength: 4 })
          .map((entries) => Buffer.concat(entries.map(([key, of]) => struct(key, of)))),
        value: fc.oneof(
          { maxDepth: 8 },
          text.map((of) => field(3, of)),
          tie('struct').map((of) => field(5, of)),
          fc.array(tie('value')).map((all) => field(6, Buffer.concat(all.map((of) => field(1, of))))),
        ),
      })).value;
      const metadata = fc.tuple(text, value).map(([key, of]) => field(FIELDS[mode].node, field(3, struct(key, of))));
      const plain = fc.tuple(fc.integer({ min: 1, max: 9 }), text).map(([number, of]) => field(number, of));
      const message = fc
        .tuple(fc.integer({ min: 1, max: 9 }), text, fc.integer({ min: 1, max: 3 }))
        .map(([number, of, inner]) => field(number, field(inner, of)));
      const repeated = fc
        .tuple(fc.oneof(metadata, plain, message), fc.integer({ min: 1, max: 200 }))
        .map(([of, count]) => repeat(count, () => of));
      const fields = fc.array(fc.oneof(metadata, plain, message, repeated), { size: 'max', maxLength: 60 });
      fc.assert(
        fc.property(fields, (all) => checkSteps(mode, request(mode, Buffer.concat(all)))),
        { numRuns: propertyRuns(150) },
      );
    });
});

function request(mode: ClientMode, content: Buffer): Buffer {
  const { node, typeUrl } = FIELDS[mode];
  return Buffer.concat([field(node, field(1, 'n')), field(typeUrl, CLUSTER_LOAD_ASSIGNMENT), content]);
}

function checkCost(mode: ClientMode, bytes: Buffer): void {
  checkSteps(mode, bytes);
  const stream = open(mode, (message) => assert.fail(`the request is malformed: ${message}`));
  const allocated = allocatedBytes(() => stream.received(bytes));
  stream.closed();
  assert.ok(
    allocated <= BASE_ALLOCATED + ALLOCATED_PER_BYTE * bytes.length,
    `${String(allocated / bytes.length)} bytes per byte`,
  );
}

/** A request, and the same one again, which meets what was remembered of the first. */
function checkSteps(mode: ClientMode, bytes: Buffer): void {
  const stream = open(mode);
  for (let round = 0; round < 2; round += 1) {
    const steps = countSteps(() => stream.received(bytes));
    assert.ok(steps <= BASE_STEPS + STEPS_PER_BYTE * bytes.length, `${String(steps / bytes.length)} steps per byte`);
  }
  stream.closed();
}

function open(mode: ClientMode, ended: (message: string) => void = () => undefined): MessageSink {
  const store = new ResourceStore();
  store.put(cluster('a'));
  const method = mode === 'sotw' ? 'StreamAggregatedResources' : 'DeltaAggregatedResources';
  const handler = new XdsServer({ provider: store })
    .methods()
    .get(`/envoy.service.discovery.v3.AggregatedDiscoveryService/${method}`);
  const stream = handler?.({ peer: 'test', write: () => true, end: (_code, message) => ended(message) });
  assert.ok(stream);
  return stream;
}
