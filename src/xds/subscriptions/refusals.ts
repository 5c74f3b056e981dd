/** What a client refused of one type and has not accepted since, resource by resource. */

/** A refusal, in the client's words. */
export interface Refusal {
  /** Of the refused response. */
  readonly version: string;
  /** Of any length and content: it comes from the client. */
  readonly message: string;
  /** Names of the resources and removals in the refused response. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Stands for a response as a whole: for what it removed, and for an empty one. */
const WHOLE = '';

export class Refusals {
  /** Undefined for what was refused only because it stood beside something else, and was with the client before. */
  readonly #byName = new Map<string, Refusal | undefined>();
  #last: Refusal | undefined;
  #from = Infinity;

  /** The last refusal, while something of it or of an earlier one is not accepted; see `forget`. */
  get last(): Refusal | undefined {
    return this.#last;
  }

  /** Changes after this sequence number were refused and are not all accepted; Infinity for none. */
  get from(): number {
    return this.#from;
  }

  /** The last refusal of a response in which this resource was new to the client, while it is not accepted. */
  of(name: string): Refusal | undefined {
    return this.#byName.get(name);
  }

  /**
   * `resources`: names of the resources in the refused response; `fresh`: those of them that were new to the client; `from`:
   * what was told before it.
   */
  add(refusal: Refusal, resources: readonly string[], fresh: ReadonlySet<string>, from: number): void {
    this.#last = refusal;
    this.#from = Math.min(this.#from, from);
    for (const name of resources.length === refusal.names.length && resources.length > 0
      ? resources
      : [WHOLE, ...resources]) {
      this.#byName.set(name, fresh.has(name) ? refusal : this.#byName.get(name));
    }
  }

  /** The client accepted a response with these names; undefined for a response that is the full state. */
  accepted(names: readonly string[] | undefined): void {
    if (names === undefined) this.#byName.clear();
    else for (const name of [WHOLE, ...names]) this.#byName.delete(name);
    this.#settle();
  }

  /** Forgets resources that do not exist any more. */
  forget(exists: (name: string) => boolean): void {
    if (this.#last === undefined) return;
    for (const name of this.#byName.keys()) if (name !== WHOLE && !exists(name)) this.#byName.delete(name);
    this.#settle();
  }

  #settle(): void {
    if (this.#byName.size > 0) return;
    this.#last = undefined;
    this.#from = Infinity;
  }
}
