/**
 * The parts of one field that a message repeats or splits, joined once. Protobuf defines that the parts, one after the other, are
 * the same field: https://protobuf.dev/programming-guides/encoding/#last-one-wins
 */
export class Parts {
  readonly #room: number;
  #only: Buffer | undefined;
  /** Room for all further parts, from the second one on: a part costs its bytes, and no object that is kept. */
  #joined: Buffer | undefined;
  #length = 0;

  /** `room`: bytes of the message, which all of its parts fit into. */
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

  /** A single part is what was added, and not a copy; undefined without parts. */
  join(): Buffer | undefined {
    return this.#joined?.subarray(0, this.#length) ?? this.#only;
  }
}
