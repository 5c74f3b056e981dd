/** Messages and lists in parts, as protobuf allows them, are what they would be in one. */
import { decodeNames } from './names.js';
import assert from 'node:assert/strict';
import { type EnvoyMessageName, envoyType } from '../../proto/envoy-types.js';
import { decodeNode } from './node.js';
import { Parts } from './parts.js';
import { decodeDeltaDiscoveryRequest, decodeDiscoveryRequest } from './request.js';

const SERVICE = 'envoy.service.discovery.v3';
const NONE = Buffer.alloc(0);

function encode(name: EnvoyMessageName, json: object): Buffer {
  const type = envoyType(name);
  return Buffer.from(type.encode(type.create(json)).finish());
}

describe('parts', () => {
  it('are joined in their order; a single one is not copied', () => {
    const [a, b, c] = ['a', 'bc', 'd'].map((text) => Buffer.from(text));
    const parts = new Parts(10);
    assert.deepEqual([parts.empty, parts.join()], [true, undefined]);
    parts.add(a!);
    assert.equal(parts.join(), a);
    parts.add(b!);
    parts.add(c!);
    assert.deepEqual([parts.empty, parts.join()?.toString()], [false, 'abcd']);
  });

  it('of names and locators are counted in their order, up to the limit', () => {
    const part = (of: object): Buffer => encode(`${SERVICE}.DeltaDiscoveryRequest`, of);
    const bytes = Buffer.concat([
      part({ resourceNamesSubscribe: ['a', 'b'], typeUrl: 't' }),
      part({ resourceLocatorsSubscribe: [{ name: 'l' }], typeUrl: 't' }),
      part({ resourceNamesSubscribe: ['c'] }),
    ]);
    assert.deepEqual(decodeDeltaDiscoveryRequest(bytes, 4).subscribe, ['a', 'b', 'c', 'l']);
    assert.throws(() => decodeDeltaDiscoveryRequest(bytes, 3));
    assert.throws(() => decodeDeltaDiscoveryRequest(bytes, 2));
  });

  it('of a split message are joined: the last value of a field counts, and entries and lists are merged', () => {
    const part = (of: object): Buffer => encode('envoy.config.core.v3.Node', of);
    const value = (stringValue: string) => ({ stringValue });
    const node = [
      part({ id: 'old', locality: { region: 'r' }, metadata: { fields: { a: value('1'), b: value('1') } } }),
      part({ id: 'n', locality: { zone: 'z' }, metadata: { fields: { b: value('2'), __proto__x: value('3') } } }),
    ];
    const request = (index: number, resourceNames: readonly string[], errorDetail: object): Buffer =>
      Buffer.concat([
        encode(`${SERVICE}.DiscoveryRequest`, { resourceNames, errorDetail }),
        Buffer.from([0x12, node[index]!.length]),
        node[index]!,
      ]);
    const decoded = decodeDiscoveryRequest(
      Buffer.concat([request(0, ['a'], { code: 3 }), request(1, ['b'], { message: 'no' })]),
    );
    assert.deepEqual(decodeNames(decoded.names, 2), ['a', 'b']);
    assert.deepEqual(decoded.error, { code: 3, message: 'no' });
    const { id, locality, metadata } = decodeNode(decoded.node ?? NONE);
    assert.deepEqual([id, locality], ['n', { region: 'r', zone: 'z', subZone: '' }]);
    assert.deepEqual(metadata, { a: '1', b: '2', __proto__x: '3' });
  });
});
