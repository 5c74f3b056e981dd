/** Parses durations in the notations of proto JSON (`5s`, `0.5s`) and Go (`500ms`, `1h30m`). Independent of fields and their limits. */

/** The parsed duration, or a sentence that explains why the text is not a duration. */
export type DurationReading = { readonly milliseconds: number } | { readonly problem: string };

const MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** The maximum duration of protobuf, about 10 000 years: https://protobuf.dev/reference/protobuf/google.protobuf/#duration */
const LIMIT_MILLISECONDS = 315_576_000_000_000;

/** Decimal places of milliseconds. Rounding to nanoseconds removes floating-point errors. */
const NANOSECOND_DIGITS = 6;

const PART = /(\d+(?:\.\d*)?|\.\d+)([a-zµμ]*)/iy;
const LONGEST_TEXT = 64;

/**
 * Parses a duration to milliseconds, which can be fractional or negative.
 * https://protobuf.dev/programming-guides/json/ and https://pkg.go.dev/time#ParseDuration
 */
export function readDuration(text: string): DurationReading {
  if (text.length > LONGEST_TEXT) return { problem: `Invalid duration of ${text.length} characters.` };
  const unsigned = text.replace(/^[+-]/u, '');
  if (unsigned === '') return problem(text, 'it is empty');
  if (unsigned === '0') return { milliseconds: 0 };
  const sum = sumParts(text, unsigned);
  if (typeof sum !== 'number') return sum;
  const total = Number(sum.toFixed(NANOSECOND_DIGITS));
  if (total > LIMIT_MILLISECONDS) return problem(text, 'it is longer than 10 000 years');
  return { milliseconds: text.startsWith('-') && total !== 0 ? -total : total };
}

/**
 * Parses a duration that decoding has accepted, to milliseconds.
 * @throws RangeError for a text that decoding rejects. This is a bug in the caller.
 */
export function parseDuration(text: string): number {
  const reading = readDuration(text);
  if ('problem' in reading) throw new RangeError(reading.problem);
  return reading.milliseconds;
}

function sumParts(text: string, unsigned: string): number | DurationReading {
  PART.lastIndex = 0; // not a copy, which takes longer to make than to use
  let total = 0;
  while (PART.lastIndex < unsigned.length) {
    const at = PART.lastIndex;
    const [, amount, unit] = PART.exec(unsigned) ?? [];
    if (amount === undefined || unit === undefined)
      return problem(text, `"${unsigned.slice(at)}" does not begin with a number`);
    if (unit === '') return problem(text, `a unit is missing after ${amount}, such as "${amount}s"`);
    const milliseconds = Object.hasOwn(MILLISECONDS, unit) ? MILLISECONDS[unit] : undefined;
    if (milliseconds === undefined) return problem(text, `"${unit}" is none of the units ns, us, ms, s, m, h`);
    total += Number(amount) * milliseconds;
  }
  return total;
}

function problem(text: string, reason: string): DurationReading {
  return { problem: `Invalid duration "${text}": ${reason}.` };
}
