/** Random edits of bytes and texts, for tests that put something nearly right to a reader. */
import fc from 'fast-check';

/** An edit at a place, as a share of the length from 0 to 1. */
export interface Edit {
  readonly kind: 'remove' | 'repeat' | 'move' | 'replace' | 'cut';
  readonly at: number;
  readonly length: number;
  /** Where it is moved to. */
  readonly to: number;
  /** What takes the place, for `replace`. */
  readonly byte: number;
}

// Doubles would nearly all be close to 0.
const share = fc.nat(1_000_000).map((part) => part / 1_000_000);

export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('remove', 'repeat', 'move', 'replace', 'replace', 'cut'),
    at: share,
    length: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 200 })),
    to: share,
    byte: fc.nat(255),
  }),
  { minLength: 1, maxLength: 8, size: 'max' },
);

/** The bytes after all edits. */
export function edited(bytes: Buffer, all: readonly Edit[]): Buffer {
  return all.reduce(applyEdit, bytes);
}

function applyEdit(bytes: Buffer, { kind, at, length, to, byte }: Edit): Buffer {
  const start = Math.floor(at * bytes.length);
  const [before, part, after] = [
    bytes.subarray(0, start),
    bytes.subarray(start, start + length),
    bytes.subarray(start + length),
  ];
  switch (kind) {
    case 'remove':
      return Buffer.concat([before, after]);
    case 'repeat':
      return Buffer.concat([before, part, part, after]);
    case 'move': {
      const rest = Buffer.concat([before, after]);
      const target = Math.floor(to * rest.length);
      return Buffer.concat([rest.subarray(0, target), part, rest.subarray(target)]);
    }
    case 'replace':
      return Buffer.concat([before, Buffer.alloc(part.length, byte), after]);
    case 'cut':
      return before;
  }
}
