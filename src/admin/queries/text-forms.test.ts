import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MalformedInput } from './malformed-input.js';
import {
  formatAddress,
  formatLabels,
  formatLocalityText,
  isLoopback,
  parseAddress,
  parseLabels,
  parseLocality,
  parsePairs,
} from './text-forms.js';

describe('parseLocality', () => {
  it('reads one, two and three parts', () => {
    assert.deepEqual(parseLocality(''), {});
    assert.deepEqual(parseLocality('r1'), { region: 'r1' });
    assert.deepEqual(parseLocality('r1/z1'), { region: 'r1', zone: 'z1' });
    assert.deepEqual(parseLocality('r1/z1/s1'), { region: 'r1', zone: 'z1', subZone: 's1' });
  });

  it('reads a zone without a region', () => {
    assert.deepEqual(parseLocality('/z1'), { zone: 'z1' });
    assert.deepEqual(parseLocality('/z1/s1'), { zone: 'z1', subZone: 's1' });
    assert.equal(formatLocalityText(parseLocality('/z1/s1')), '/z1/s1');
  });

  for (const text of ['/', '//', '//s1', 'r1/', 'r1//s1', 'r1/z1/s1/x', 'r1/z1/s1/']) {
    it(`rejects "${text}"`, () => assert.throws(() => parseLocality(text), MalformedInput));
  }

  it('is the inverse of formatLocality', () => {
    const part = fc.string({ minLength: 1 }).filter((text) => !text.includes('/'));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 3 }), (parts) => {
        assert.equal(formatLocalityText(parseLocality(parts.join('/'))), parts.join('/'));
      }),
    );
  });
});

describe('parseLabels', () => {
  it('reads pairs, split at the first equals sign', () => {
    assert.deepEqual(parseLabels('app=reviews,version=v1,empty=,q=a=b'), {
      app: 'reviews',
      version: 'v1',
      empty: '',
      q: 'a=b',
    });
    assert.deepEqual(parseLabels(''), {});
  });

  for (const text of ['app', '=x', 'a=1,', 'a=1,a=2']) {
    it(`rejects "${text}"`, () => assert.throws(() => parseLabels(text), MalformedInput));
  }

  it('treats __proto__ like any other key', () => {
    const labels = parseLabels('__proto__=x');
    assert.deepEqual(Object.keys(labels), ['__proto__']);
    assert.equal(Object.getPrototypeOf(labels), Object.prototype);
  });

  it('is the inverse of formatLabels', () => {
    const text = fc.stringMatching(/^[a-z./_-]{1,8}$/);
    fc.assert(
      fc.property(fc.dictionary(text, text, { noNullPrototype: true }), (labels) => {
        assert.deepEqual(parseLabels(formatLabels(labels)), labels);
      }),
    );
  });
});

describe('parsePairs', () => {
  it('names the invalid entry', () => {
    assert.throws(() => parsePairs(['NAMESPACE'], 'metadata entry'), {
      message: 'Invalid metadata entry "NAMESPACE": must be KEY=VALUE.',
    });
  });
});

describe('parseAddress', () => {
  it('reads names, IPv4 and bracketed IPv6', () => {
    assert.deepEqual(parseAddress('localhost:18000'), { host: 'localhost', port: 18000 });
    assert.deepEqual(parseAddress('127.0.0.1:0'), { host: '127.0.0.1', port: 0 });
    assert.deepEqual(parseAddress('[::1]:65535'), { host: '::1', port: 65535 });
  });

  for (const text of [
    '',
    ':80',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '127.0.0.1:-1',
    '::1:80',
    '[x]:80',
    'a b:80',
    'http://a:80',
  ]) {
    it(`rejects "${text}"`, () => assert.throws(() => parseAddress(text), MalformedInput));
  }

  it('is the inverse of formatAddress', () => {
    const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
    fc.assert(
      fc.property(fc.record({ host, port: fc.nat(65535) }, { noNullPrototype: true }), (address) => {
        assert.deepEqual(parseAddress(formatAddress(address)), address);
      }),
    );
  });
});

describe('isLoopback', () => {
  for (const host of ['localhost', '127.0.0.1', '127.3.2.1', '::1']) {
    it(`accepts ${host}`, () => assert.equal(isLoopback(host), true));
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.evil.example', '127.0.0.1.example', 'localhost.example', '']) {
    it(`rejects "${host}"`, () => assert.equal(isLoopback(host), false));
  }
});
