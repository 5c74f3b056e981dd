import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDuration, readDuration } from './duration.js';

describe('a duration', () => {
  const valid: readonly (readonly [string, number])[] = [
    ['5s', 5_000],
    ['0.5s', 500],
    ['.5s', 500],
    ['1.s', 1_000],
    ['0s', 0],
    ['0', 0],
    ['-0s', 0],
    ['-1.5s', -1_500],
    ['+2s', 2_000],
    ['500ms', 500],
    ['1h30m', 5_400_000],
    ['1h30m0.5s', 5_400_500],
    ['100us', 0.1],
    ['100µs', 0.1],
    ['100μs', 0.1],
    ['1ns', 0.000001],
    ['0.000000001s', 0.000001],
    ['1.1s', 1_100],
    ['315576000000s', 315_576_000_000_000],
  ];
  for (const [text, milliseconds] of valid) {
    it(`of ${text} is ${milliseconds} ms`, () => assert.equal(parseDuration(text), milliseconds));
  }

  const invalid: readonly (readonly [string, RegExp])[] = [
    ['', /"": it is empty/],
    ['-', /"-": it is empty/],
    ['5', /"5": a unit is missing after 5, such as "5s"/],
    ['1h30', /a unit is missing after 30/],
    ['5S', /"S" is none of the units ns, us, ms, s, m, h/],
    ['5d', /"d" is none of the units/],
    ['5 s', /a unit is missing after 5/],
    ['s', /"s" does not begin with a number/],
    ['1s,', /"," does not begin with a number/],
    ['1e3s', /"e" is none of the units/],
    ['--1s', /does not begin with a number/],
    ['5constructor', /"constructor" is none/],
    ['315576000001s', /longer than 10 000 years/],
    ['9'.repeat(60) + 'h', /longer than 10 000 years/],
    ['1'.repeat(100), /of 100 characters/],
  ];
  for (const [text, problem] of invalid) {
    it(`cannot be ${JSON.stringify(text.slice(0, 20))}`, () => {
      const reading = readDuration(text);
      assert.ok('problem' in reading);
      assert.match(reading.problem, problem);
      assert.throws(() => parseDuration(text), RangeError);
    });
  }

  it('is parsed from proto JSON to the nanosecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 999_999_999 }), (seconds, nanos) => {
        const text = `${seconds}.${String(nanos).padStart(9, '0')}s`;
        assert.ok(Math.abs(parseDuration(text) - (seconds * 1e3 + nanos / 1e6)) < 1e-3);
      }),
    );
  });

  it('is read from any text without exceptions', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+.0-9a-zµ]*$/)), (text) => void readDuration(text)),
    );
  });
});
