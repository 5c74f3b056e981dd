import assert from 'node:assert/strict';
import { canonicalAddress, canonicalName, isDnsName, isIpAddress } from './address.js';

describe('an IP address', () => {
  for (const text of ['10.0.0.1', '255.255.255.255', '::1', 'fd00:10:244::5', '::ffff:10.0.0.1', 'FD00::6']) {
    it(`may be ${text}`, () => {
      assert.ok(isIpAddress(text));
    });
  }
  for (const text of [
    '',
    ' ',
    '300.1.1.1',
    '10.0.0',
    '010.0.0.1',
    '10.0.0.1 ',
    '10.0.0.0/24',
    '10.0.0.1:80',
    '[::1]',
    'fe80::1%eth0',
    'db.example',
  ]) {
    it(`is not "${text}"`, () => {
      assert.ok(!isIpAddress(text));
    });
  }

  it('has one canonical form', () => {
    assert.equal(canonicalAddress('FD00:10:0244:0000::0006'), 'fd00:10:244::6');
    assert.equal(canonicalAddress('10.0.0.1'), '10.0.0.1');
    assert.equal(canonicalAddress('db.example.com'), 'db.example.com');
    assert.equal(canonicalAddress('a:b'), 'a:b');
  });
});

describe('a DNS name', () => {
  for (const text of [
    'localhost',
    'db.example.com',
    'DB.Example.com',
    '_sip.example',
    '10-0-0-1.pods',
    '3com.example',
    `${'a'.repeat(63)}.b`,
  ]) {
    it(`may be ${text}`, () => {
      assert.ok(isDnsName(text));
    });
  }
  for (const text of [
    '',
    '.',
    'a..b',
    'a b',
    'Bad_Name!',
    '-a.b',
    'a-.b',
    '*.example.com',
    'example.com:80',
    '300.1.1.1',
    '12',
    `${'a'.repeat(64)}.b`,
    `${'a.'.repeat(127)}ab`,
  ]) {
    it(`is not "${text.slice(0, 20)}"`, () => {
      assert.ok(!isDnsName(text));
    });
  }

  it('has one canonical form, without a final dot', () => {
    assert.equal(canonicalName('Example.COM.'), 'example.com');
  });
});
