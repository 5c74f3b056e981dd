import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns } from '../../../testing/property-runs.js';
import type { HttpMatcher } from '../../../generated/resources.js';
import {
  type NamedMatch,
  type RequestMatcher,
  type TextMatch,
  suffixRegex,
  toRequestMatcher,
} from './request-matchers.js';
import { bySpecificity, coversRequests } from './request-specificity.js';

/** The order in which routes are tried. */
const ordered: readonly HttpMatcher[] = [
  { exact: '/orders/1' },
  { exact: '/a', headers: [{ name: 'x', value: '1' }, { name: 'y' }] },
  { exact: '/a', method: 'GET' },
  { exact: '/a' },
  { uri: { exact: '/a', ignoreCase: true } },
  { regex: '/items/[0-9]+' },
  { uri: { suffix: '.html' } },
  { regex: '.*' },
  { prefix: '/orders' },
  { prefix: '/a', headers: [{ name: 'x', value: '1' }] },
  { prefix: '/a', headers: [{ name: 'x', value: '1.*', regex: true }] },
  { prefix: '/a', headers: [{ name: 'x' }] },
  { prefix: '/a' },
  { headers: [{ name: 'x', value: '1' }] },
  { prefix: '/' },
];

describe('the order of request matchers', () => {
  it('is exact paths, regular expressions, prefixes, with longer and stricter ones first', () => {
    const shuffled = [...ordered].reverse();
    assert.deepEqual(
      shuffled.sort((a, b) => bySpecificity(toRequestMatcher(a), toRequestMatcher(b))),
      ordered,
    );
  });

  it('puts no matcher after a less specific one that takes all of its requests, except for regular expressions', () => {
    fc.assert(
      fc.property(matcher, matcher, (a, b) => {
        if (!coversRequests(a, b) || coversRequests(b, a) || a.path?.type === 'regex' || a.path?.type === 'suffix')
          return;
        assert.ok(bySpecificity(b, a) < 0, `${JSON.stringify(b)} before ${JSON.stringify(a)}`);
      }),
      { numRuns: propertyRuns(3000) },
    );
  });
});

const covering: readonly (readonly [HttpMatcher, HttpMatcher, boolean])[] = [
  [{ prefix: '/' }, { exact: '/a' }, true],
  [{}, { prefix: '/a', headers: [{ name: 'x' }] }, true],
  [{ prefix: '/a' }, { prefix: '/ab' }, true],
  [{ prefix: '/ab' }, { prefix: '/a' }, false],
  [{ regex: '.*' }, { prefix: '/a' }, true],
  [{ regex: '/a.*' }, { prefix: '/ab' }, true],
  [{ regex: '/a.+' }, { prefix: '/ab' }, false],
  [{ regex: '/a.*' }, { regex: '/ab[0-9]' }, true],
  [{ regex: '/ab.*' }, { regex: '/ab?' }, false],
  [{ regex: '/a.*' }, { regex: '/ab|/c' }, false],
  [{ regex: '/a|/b.*' }, { prefix: '/b' }, false],
  [{ uri: { prefix: '/A', ignoreCase: true } }, { prefix: '/ab' }, true],
  [{ prefix: '/a' }, { uri: { exact: '/ab', ignoreCase: true } }, false],
  [{ uri: { suffix: '.html' } }, { exact: '/index.html' }, true],
  [{ headers: [{ name: 'X' }] }, { headers: [{ name: 'x', value: '1' }] }, true],
  [{ headers: [{ name: 'x' }] }, { headers: [{ name: 'x', value: '1', invertMatch: true }] }, false],
  [{ queryParameters: [{ name: 'X' }] }, { queryParameters: [{ name: 'x', value: '1' }] }, false],
  [{ method: 'GET' }, {}, false],
];

describe('a matcher that takes all requests of another one', () => {
  for (const [a, b, expected] of covering) {
    it(`${JSON.stringify(a)} ${expected ? 'takes all' : 'does not take all'} requests of ${JSON.stringify(b)}`, () => {
      assert.equal(coversRequests(toRequestMatcher(a), toRequestMatcher(b)), expected);
    });
  }

  it('matches every request that the other one matches', () => {
    fc.assert(
      fc.property(
        matcher,
        matcher,
        fc.array(request, { minLength: 1, maxLength: 40, size: 'max' }),
        (a, b, requests) => {
          if (!coversRequests(a, b)) return;
          for (const one of requests) assert.ok(!meets(one, b) || meets(one, a), JSON.stringify(one));
        },
      ),
      { numRuns: propertyRuns(3000) },
    );
  });
});

const path = fc.constantFrom('/', '/a', '/ab', '/A', '/a/b', '/b.html');
const regex = fc.constantFrom('.*', '/.*', '/a.*', '/ab?', '/a|/b.*', '/[ab]+', '/ab', '/a/.*');
const textMatch: fc.Arbitrary<TextMatch> = fc.oneof(
  fc.record({ type: fc.constantFrom('exact', 'prefix'), text: path, ignoreCase: fc.boolean() }),
  fc.record({ type: fc.constant('suffix'), text: fc.constantFrom('.html', 'b', 'B'), ignoreCase: fc.boolean() }),
  fc.record({ type: fc.constant('regex'), text: regex, ignoreCase: fc.constant(false) }),
);
const named: fc.Arbitrary<NamedMatch> = fc.record(
  {
    name: fc.constantFrom('x', 'y'),
    match: fc.record({ type: fc.constant('exact'), text: fc.constantFrom('1', '2'), ignoreCase: fc.constant(false) }),
    inverted: fc.boolean(),
  },
  { requiredKeys: ['name', 'inverted'] },
);
const matcher: fc.Arbitrary<RequestMatcher> = fc.record(
  {
    path: textMatch,
    headers: fc.uniqueArray(named, { maxLength: 2, size: 'max', selector: ({ name }) => name }),
    queryParameters: fc.constant([]),
    method: fc.constantFrom('GET', 'POST'),
  },
  { requiredKeys: ['headers', 'queryParameters'] },
);

interface Request {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

const request: fc.Arbitrary<Request> = fc.record({
  path: fc.oneof(path, fc.constantFrom('/abc', '/c', '/A/B', '/a/b/c.html')),
  method: fc.constantFrom('GET', 'POST'),
  headers: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2', '3')),
});

/** As Envoy decides it. */
function meets(one: Request, { path: wanted, headers, method }: RequestMatcher): boolean {
  const met = ({ name, match, inverted }: NamedMatch): boolean => {
    const value = one.headers[name];
    return (match === undefined ? value !== undefined : value === match.text) !== inverted;
  };
  return (
    (wanted === undefined || meetsText(one.path, wanted)) &&
    (method === undefined || method === one.method) &&
    headers.every(met)
  );
}

function meetsText(text: string, match: TextMatch): boolean {
  const [a, b] = match.ignoreCase ? [text.toLowerCase(), match.text.toLowerCase()] : [text, match.text];
  switch (match.type) {
    case 'exact':
      return a === b;
    case 'prefix':
      return a.startsWith(b);
    case 'suffix':
      return new RegExp(`^${suffixRegex({ ...match, text: b, ignoreCase: false })}$`).test(a);
    case 'regex':
      return new RegExp(`^(?:${match.text})$`).test(text);
  }
}
