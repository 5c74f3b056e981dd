/** The hand-written wire code against Envoy's own descriptors. */
import { propertyRuns } from '../../testing/property-runs.js';
import { decodeNames } from './names.js';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { envoyType } from '../../proto/envoy-types.js';
import { encodeBody, encodeNonce, chunksOf } from '../batches/response.js';
import { encodeResource } from '../resources/resource.js';
import { decodeNode } from './node.js';
import { WireError } from './reader.js';
import { decodeDeltaDiscoveryRequest, decodeDiscoveryRequest } from './request.js';

const SERVICE = 'envoy.service.discovery.v3';
const TYPE_URL = 'type.googleapis.com/test.Type';
const text = fc.string({ unit: 'grapheme', maxLength: 300, size: 'max' });
const short = fc.string({ minLength: 1, maxLength: 200, size: 'max' });
const error = fc.option(fc.record({ code: fc.nat(), message: text }, { noNullPrototype: true }), { nil: undefined });
const NONE = Buffer.alloc(0);

function encode(
  name: `${typeof SERVICE}.${'DiscoveryRequest' | 'DeltaDiscoveryRequest'}` | 'envoy.config.core.v3.Node',
  json: object,
): Buffer {
  const type = envoyType(name);
  return Buffer.from(type.encode(type.create(json)).finish());
}

describe('wire', () => {
  it('decodes DiscoveryRequest like its descriptor', () => {
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.array(text),
        error,
        fc.option(short, { nil: undefined }),
        (typeUrl, versionInfo, responseNonce, names, errorDetail, id) => {
          const node = id === undefined ? undefined : { id };
          const bytes = encode(`${SERVICE}.DiscoveryRequest`, {
            typeUrl,
            versionInfo,
            responseNonce,
            resourceNames: names,
            errorDetail,
            node,
          });
          const plain = decodeDiscoveryRequest(bytes);
          for (const known of [[], [plain.names], [NONE, Buffer.from('other'), Buffer.from(plain.names)]]) {
            const request = decodeDiscoveryRequest(bytes, known);
            assert.deepEqual(
              [request.typeUrl, request.versionInfo, request.responseNonce],
              [typeUrl, versionInfo, responseNonce],
            );
            assert.deepEqual(decodeNames(request.names, Infinity), names);
            assert.deepEqual(request.error, errorDetail);
            assert.equal(request.node && decodeNode(request.node).id, id);
          }
        },
      ),
    );
  });

  it('distinguishes a cached list of names from longer and shorter ones', () => {
    fc.assert(
      fc.property(fc.array(text), fc.array(text), (names, others) => {
        const [bytes, other] = [names, others].map((resourceNames) =>
          encode(`${SERVICE}.DiscoveryRequest`, { typeUrl: TYPE_URL, resourceNames }),
        );
        const known = decodeDiscoveryRequest(other ?? NONE).names;
        assert.deepEqual(decodeNames(decodeDiscoveryRequest(bytes ?? NONE, [known]).names, Infinity), names);
      }),
    );
  });

  it('rule 88: decodes resource locators like their descriptors', () => {
    const locators = fc.array(
      fc.record({ name: text, dynamicParameters: fc.dictionary(short, text) }, { noNullPrototype: true }),
    );
    fc.assert(
      fc.property(fc.array(text), locators, locators, (names, some, others) => {
        const plain = decodeDiscoveryRequest(
          encode(`${SERVICE}.DiscoveryRequest`, { typeUrl: TYPE_URL, resourceNames: names, resourceLocators: some }),
        );
        const named = some.map(({ name }) => name);
        assert.deepEqual(decodeNames(plain.names, Infinity), [...names, ...named]);
        const delta = decodeDeltaDiscoveryRequest(
          encode(`${SERVICE}.DeltaDiscoveryRequest`, {
            typeUrl: TYPE_URL,
            resourceNamesSubscribe: names,
            resourceLocatorsSubscribe: some,
            resourceLocatorsUnsubscribe: others,
          }),
          1000,
        );
        assert.deepEqual([...delta.subscribe].sort(), [...names, ...named].sort());
        assert.deepEqual(
          delta.unsubscribe,
          others.map(({ name }) => name),
        );
      }),
    );
  });

  it('accepts names anywhere in the request', () => {
    const half = (resourceNames: string[], typeUrl: string): Buffer =>
      encode(`${SERVICE}.DiscoveryRequest`, { resourceNames, typeUrl });
    const request = decodeDiscoveryRequest(Buffer.concat([half(['a', 'b'], 'x'), half(['c'], 'y')]));
    assert.deepEqual([decodeNames(request.names, 3), request.typeUrl], [['a', 'b', 'c'], 'y']);
  });

  it('decodes DeltaDiscoveryRequest like its descriptor', () => {
    const versions = fc.dictionary(text, text);
    fc.assert(
      fc.property(
        text,
        text,
        fc.array(text),
        fc.array(text),
        versions,
        error,
        (typeUrl, responseNonce, subscribe, unsubscribe, initial, errorDetail) => {
          const request = decodeDeltaDiscoveryRequest(
            encode(`${SERVICE}.DeltaDiscoveryRequest`, {
              typeUrl,
              responseNonce,
              resourceNamesSubscribe: subscribe,
              resourceNamesUnsubscribe: unsubscribe,
              initialResourceVersions: initial,
              errorDetail,
            }),
            1000,
          );
          assert.deepEqual(
            [request.typeUrl, request.responseNonce, request.subscribe, request.unsubscribe, request.error],
            [typeUrl, responseNonce, subscribe, unsubscribe, errorDetail],
          );
          assert.deepEqual(new Map(request.initialVersions), new Map(Object.entries(initial)));
        },
      ),
    );
  });

  it('decodes Node like its descriptor', () => {
    const json = {
      id: 'i',
      cluster: 'c',
      userAgentName: 'envoy',
      clientFeatures: ['f', 'g'],
      locality: { region: 'r', zone: 'z', subZone: 's' },
      userAgentBuildVersion: { version: { majorNumber: 1, minorNumber: 40, patch: 2 } },
      metadata: {
        fields: {
          text: { stringValue: 't' },
          number: { numberValue: -1.5 },
          yes: { boolValue: true },
          nothing: { nullValue: 0 },
          labels: { structValue: { fields: { app: { stringValue: 'reviews' } } } },
          list: { listValue: { values: [{ stringValue: 'x' }, { numberValue: 2 }] } },
          __proto__x: { stringValue: 'p' },
        },
      },
      listeningAddresses: [{ socketAddress: { address: '127.0.0.1', portValue: 1 } }],
    };
    assert.deepEqual(decodeNode(encode('envoy.config.core.v3.Node', json)), {
      id: 'i',
      cluster: 'c',
      userAgentName: 'envoy',
      userAgentVersion: '1.40.2',
      clientFeatures: ['f', 'g'],
      locality: { region: 'r', zone: 'z', subZone: 's' },
      metadata: {
        text: 't',
        number: -1.5,
        yes: true,
        nothing: null,
        labels: { app: 'reviews' },
        list: ['x', 2],
        __proto__x: 'p',
      },
    });
  });

  it('treats `__proto__` in metadata like any other key', () => {
    // Struct { fields { key: "__proto__" value { string_value: "x" } } }, as field 3 of Node.
    const entry = Buffer.concat([
      Buffer.from([0x0a, 9]),
      Buffer.from('__proto__'),
      Buffer.from([0x12, 3, 0x1a, 1, 0x78]),
    ]);
    const struct = Buffer.concat([Buffer.from([0x0a, entry.length]), entry]);
    const { metadata } = decodeNode(Buffer.concat([Buffer.from([0x1a, struct.length]), struct]));
    assert.deepEqual(Object.keys(metadata), ['__proto__']);
    assert.equal(Object.getPrototypeOf(metadata), Object.prototype);
  });

  it('rejects metadata that is nested too deeply', () => {
    let value: object = { stringValue: 'x' };
    for (let depth = 0; depth < 36; depth += 1) value = { listValue: { values: [value] } };
    const bytes = encode('envoy.config.core.v3.Node', { id: 'n', metadata: { fields: { deep: value } } });
    assert.throws(() => decodeNode(bytes), WireError);
  });

  it('decodes any bytes to a request or a WireError, never another error', () => {
    const decoders = [
      (bytes: Buffer) => decodeDiscoveryRequest(bytes),
      (bytes: Buffer) => decodeDeltaDiscoveryRequest(bytes, 10),
      decodeNode,
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200, size: 'max' }), (bytes) => {
        for (const decode of decoders) {
          try {
            decode(Buffer.from(bytes));
          } catch (thrown) {
            assert.ok(thrown instanceof WireError);
          }
        }
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  it('encodes responses that their descriptors decode', () => {
    const resources = fc.uniqueArray(
      fc.record({ name: text, value: fc.uint8Array({ maxLength: 400, size: 'max' }), version: short }),
      {
        selector: ({ name }) => name,
      },
    );
    fc.assert(
      fc.property(
        resources,
        fc.array(text),
        short,
        short,
        fc.integer({ min: 50, max: 2000 }),
        (items, removed, version, nonce, maxBytes) => {
          const encoded = items.map((item) =>
            encodeResource(TYPE_URL, item.name, item.value, { version: item.version, aliases: ['alias'] }),
          );
          for (const mode of ['sotw', 'delta'] as const) {
            const type = envoyType(`${SERVICE}.${mode === 'sotw' ? 'DiscoveryResponse' : 'DeltaDiscoveryResponse'}`);
            const messages = chunksOf(
              {
                mode,
                typeUrl: TYPE_URL,
                version,
                resources: encoded,
                changed: encoded,
                removed: mode === 'sotw' ? [] : removed,
              },
              maxBytes,
            ).map((chunk) => {
              assert.equal(encodeBody(chunk).length, chunk.size);
              return type.toObject(type.decode(Buffer.concat([encodeNonce(nonce), encodeBody(chunk)])), {
                arrays: true,
              }) as Response;
            });
            for (const message of messages)
              assert.deepEqual(
                [message.typeUrl, message.nonce, message.versionInfo ?? message.systemVersionInfo],
                [TYPE_URL, nonce, version],
              );
            const values = messages.flatMap((message) =>
              message.resources.map((entry) => Buffer.from(entry.value ?? entry.resource?.value ?? [])),
            );
            assert.deepEqual(
              values,
              items.map(({ value }) => Buffer.from(value)),
            );
            if (mode === 'sotw') continue;
            assert.deepEqual(
              messages.flatMap((message) =>
                message.resources.map((entry) => [entry.name ?? '', entry.version, entry.aliases]),
              ),
              items.map((item) => [item.name, item.version, ['alias']]),
            );
            assert.deepEqual(
              messages.flatMap((message) => message.removedResources ?? []),
              removed,
            );
          }
        },
      ),
    );
  });
});

interface Response {
  readonly typeUrl: string;
  readonly nonce: string;
  readonly versionInfo?: string;
  readonly systemVersionInfo?: string;
  readonly removedResources?: readonly string[];
  readonly resources: readonly {
    readonly value?: Uint8Array;
    readonly name?: string;
    readonly version?: string;
    readonly aliases?: readonly string[];
    readonly resource?: { readonly value?: Uint8Array };
  }[];
}
