/** Sizes and numbers, as flags give them. */

const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** A size in bytes, such as `64MiB`, `1.5 GiB` or `4096`; undefined for other texts. Without a unit it is a number of bytes. */
export function readSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,12}(?:\.\d{1,6})?)\s?(KiB|MiB|GiB)?$/u.exec(text) ?? [];
  return digits === undefined ? undefined : Math.floor(Number(digits) * (UNITS[unit] ?? 1));
}

/** A whole number of at least 1; undefined for other texts. */
export function readCount(text: string): number | undefined {
  return /^0*[1-9]\d{0,11}$/u.test(text) ? Number(text) : undefined;
}
