/** The ways to make a resource give the same resource. */
import assert from 'node:assert/strict';
import protobuf from 'protobufjs';
import { envoyType } from '../../proto/envoy-types.js';
import { encodeJson } from '../json.js';
import { encodeAny, encodeMessage } from './message.js';
import { encodeResource } from './resource.js';
import { CLUSTER } from '../protocol/type-urls.js';

const MESSAGE = { name: 'a', type: 'EDS', connectTimeout: '1s' } as const;
const type = envoyType('envoy.config.cluster.v3.Cluster');
const VALUE = Buffer.from(
  type.encode(type.fromObject({ name: 'a', type: 'EDS', connectTimeout: { seconds: 1 } })).finish(),
);
const RESOURCE = encodeResource(CLUSTER, 'a', VALUE);

describe('a resource', () => {
  it('is made of a message and a type of protobufjs', () => {
    const message = type.fromObject({ name: 'a', type: 'EDS', connectTimeout: { seconds: 1 } });
    assert.deepEqual(encodeMessage(CLUSTER, 'a', message, type), RESOURCE);
  });

  it('is made of a message and any other encoder', () => {
    const encode = (message: string) => ({ finish: () => Buffer.from(message, 'hex') });
    assert.deepEqual(encodeMessage(CLUSTER, 'a', VALUE.toString('hex'), { encode }), RESOURCE);
  });

  it('is made of an Any with either field names', () => {
    assert.deepEqual(encodeAny('a', { typeUrl: CLUSTER, value: VALUE }), RESOURCE);
    assert.deepEqual(encodeAny('a', { type_url: CLUSTER, value: VALUE }), RESOURCE);
    const Any = protobuf.Type.fromJSON('Any', {
      fields: { typeUrl: { id: 1, type: 'string' }, value: { id: 2, type: 'bytes' } },
    });
    const any = Any.create({ typeUrl: CLUSTER, value: VALUE }) as unknown as { typeUrl: string; value: Uint8Array };
    assert.deepEqual(encodeAny('a', any), RESOURCE);
  });

  it('is made of JSON in any order', () => {
    assert.deepEqual(encodeJson(CLUSTER, 'a', MESSAGE), RESOURCE);
    assert.deepEqual(encodeJson(CLUSTER, 'a', { connectTimeout: '1s', type: 'EDS', name: 'a' }), RESOURCE);
  });

  it('cannot be made of invalid JSON', () => {
    const wrong = { ...MESSAGE, nmae: 'b' };
    assert.throws(() => encodeJson(CLUSTER, 'a', wrong), /nmae/);
    assert.throws(() => encodeJson('type.googleapis.com/no.such.Message' as typeof CLUSTER, 'a', {}), /no\.such/);
  });

  it('has the given options', () => {
    const options = { version: '7', aliases: ['b'], endpoints: 'c' };
    const expected = encodeResource(CLUSTER, 'a', VALUE, options);
    assert.deepEqual([expected.version, expected.aliases, expected.endpoints], ['7', ['b'], 'c']);
    assert.deepEqual(
      encodeMessage(CLUSTER, 'a', VALUE, { encode: (finished) => ({ finish: () => finished }) }, options),
      expected,
    );
    assert.deepEqual(encodeAny('a', { typeUrl: CLUSTER, value: VALUE }, options), expected);
    assert.deepEqual(encodeJson(CLUSTER, 'a', MESSAGE, options), expected);
  });
});
