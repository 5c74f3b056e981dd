/**
 * The parts of one field that a message repeats or splits. In protobuf, the concatenation of the parts has the same meaning:
 * https://protobuf.dev/programming-guides/encoding/#last-one-wins
 */
export class Parts {
  readonly #room: number;
  #only: Buffer | undefined;
  /** A buffer for all parts, from the second one on, so that no part needs an object of its own. */
  #joined: Buffer | undefined;
  #length = 0;

  /** `room`: size of the message in bytes, which limits the size of all parts. */
  constructor(room: number) {
    this.#room = room;
  }

  get empty(): boolean {
    return this.#only === undefined;
  }

  add(part: Buffer): void {
    if (this.#only === undefined) {
      this.#only = part;
      return;
    }
    if (this.#joined === undefined) {
      this.#joined = Buffer.allocUnsafeSlow(this.#room);
      this.#length = this.#only.copy(this.#joined);
    }
    this.#length += part.copy(this.#joined, this.#length);
  }

  /** The concatenation. A single part is returned without a copy. `undefined` without parts. */
  join(): Buffer | undefined {
    return this.#joined?.subarray(0, this.#length) ?? this.#only;
  }
}
