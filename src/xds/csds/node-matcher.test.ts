import assert from 'node:assert/strict';
import { envoyType } from '../../proto/envoy-types.js';
import { decodeProto } from '../wire/proto-message.js';
import { type NodeMatcher, nodeMatches } from './node-matcher.js';

const NODE = {
  id: 'sidecar~10.0.0.1~web',
  cluster: '',
  locality: { region: '', zone: '', subZone: '' },
  metadata: {
    LABELS: { app: 'Web' },
    WEIGHT: 2,
    CANARY: false,
    NONE: null,
    ZONES: ['a', 'b'],
  },
  userAgentName: '',
  userAgentVersion: '',
  clientFeatures: [],
};

/** By way of the bytes of a request. */
function matches(...nodeMatchers: readonly object[]): boolean {
  const type = envoyType('envoy.service.status.v3.ClientStatusRequest');
  const bytes = Buffer.from(type.encode(type.fromObject({ nodeMatchers })).finish());
  const request = decodeProto('envoy.service.status.v3.ClientStatusRequest', bytes);
  return nodeMatches((request as { readonly nodeMatchers: readonly NodeMatcher[] }).nodeMatchers)(NODE);
}

function at(path: string, value: object): object {
  return { nodeMetadatas: [{ path: path.split('.').map((key) => ({ key })), value }] };
}

const OTHER_ID = { nodeId: { exact: 'other' } };

describe('node matchers', () => {
  const cases: readonly (readonly [string, readonly object[], boolean])[] = [
    ['no matcher', [], true],
    ['a matcher that says nothing', [{}], true],
    ['the id', [{ nodeId: { exact: NODE.id } }], true],
    ['another id', [OTHER_ID], false],
    ['one of several', [OTHER_ID, { nodeId: { prefix: 'sidecar~' } }], true],
    ['another prefix', [{ nodeId: { prefix: 'Sidecar~' } }], false],
    ['a prefix in whatever case', [{ nodeId: { prefix: 'Sidecar~', ignoreCase: true } }], true],
    ['a suffix', [{ nodeId: { suffix: '~web' } }], true],
    ['another suffix', [{ nodeId: { suffix: '~api' } }], false],
    ['what it contains', [{ nodeId: { contains: '10.0.0.1' } }], true],
    ['what it does not contain', [{ nodeId: { contains: '10.0.0.2' } }], false],
    ['id and metadata', [{ ...OTHER_ID, ...at('CANARY', { boolMatch: false }) }], false],
    ['a label', [at('LABELS.app', { stringMatch: { exact: 'Web' } })], true],
    ['another label', [at('LABELS.app', { stringMatch: { exact: 'web' } })], false],
    ['a path that leads nowhere', [at('LABELS.app.x', { stringMatch: { exact: 'Web' } })], false],
    ['a name that every object has', [at('constructor', { presentMatch: true })], false],
    ['a number', [at('WEIGHT', { doubleMatch: { exact: 2 } })], true],
    ['a range', [at('WEIGHT', { doubleMatch: { range: { start: 2, end: 3 } } })], true],
    ['the end of a range', [at('WEIGHT', { doubleMatch: { range: { start: 1, end: 2 } } })], false],
    ['a boolean', [at('CANARY', { boolMatch: true })], false],
    ['null', [at('NONE', { nullMatch: {} })], true],
    ['null where there is nothing', [at('NOTHING', { nullMatch: {} })], false],
    ['presence', [at('CANARY', { presentMatch: true })], true],
    ['presence of what is no primitive', [at('LABELS', { presentMatch: true })], false],
    ['a member of a list', [at('ZONES', { listMatch: { oneOf: { stringMatch: { exact: 'b' } } } })], true],
    ['no member of a list', [at('ZONES', { listMatch: { oneOf: { stringMatch: { exact: 'c' } } } })], false],
    [
      'alternatives',
      [at('WEIGHT', { orMatch: { valueMatchers: [{ boolMatch: true }, { doubleMatch: { exact: 2 } }] } })],
      true,
    ],
  ];
  for (const [what, matchers, expected] of cases)
    it(`${expected ? 'match' : 'do not match'} by ${what}`, () => assert.equal(matches(...matchers), expected));

  const refused: Readonly<Record<string, object>> = {
    'regular expressions': { nodeId: { safeRegex: { regex: '.*' } } },
    'a string matcher without pattern': { nodeId: {} },
    'a value matcher without pattern': at('WEIGHT', {}),
  };
  for (const [what, matcher] of Object.entries(refused))
    it(`reject ${what}`, () => assert.throws(() => matches(matcher), { name: 'StreamError', code: 3 }));
});
