/**
 * What is not sent because Envoy would reject it, and what is shown instead: the version before it. Nobody else remembers that version,
 * so it is taken from whoever shows it when the row goes bad. Knows rows and no streams.
 */
import type { RowRef } from './row-ref.js';
import type { EncodedMessage } from '../../envoy/rows/encoded-message.js';
import { withLastHosts } from '../../envoy/routes/virtual-hosts.js';
import { typeUrls } from './resource-types.js';

/** A message, or a part of one, that is not sent. */
export interface Withheld {
  readonly typeUrl: string;
  readonly view: string;
  /** Of the resource. */
  readonly name: string;
  /** A virtual host, by the name of its cluster, or an endpoint by its address; absent for the whole resource. */
  readonly part?: string;
  readonly rejection: string;
}

/** Told of each once, with the row that it is in. */
export type ReportWithheld = (row: { readonly table: string; readonly key: string }, withheld: Withheld) => void;

/** For the log: the model lets something through that it should not. */
export function withheldError({ name, part, rejection }: Withheld): Error {
  const what = part === undefined ? name : `${part} in ${name}`;
  return new Error(`${what} is not sent, because Envoy would reject it: ${rejection}`);
}

interface Entry {
  readonly row: EncodedMessage;
  readonly withheld: readonly Withheld[];
  readonly shown: EncodedMessage | undefined;
  /** Whoever shows the row. */
  readonly holders: Set<object>;
}

/** Where a row is shown. */
export interface ShownRow {
  readonly typeUrl: string;
  readonly view: string;
}

export class WithheldMessages {
  readonly #entries = new Map<string, Entry>();
  readonly #report: ReportWithheld;

  constructor(report: ReportWithheld) {
    this.#report = report;
  }

  /** What a holder is to show of a row: itself where it is sound. `before`: what it shows now. */
  soundOf(
    ref: RowRef,
    place: ShownRow,
    row: EncodedMessage | undefined,
    holder: { readonly shown: EncodedMessage | undefined },
  ): EncodedMessage | undefined {
    // Nearly all are sound, and there are many.
    if (this.#entries.size === 0 && isSound(row)) return row;
    const id = idOf(ref);
    const known = this.#entries.get(id);
    if (isSound(row)) {
      this.#entries.delete(id);
      return row;
    }
    const entry = known?.row === row ? known : this.#reject(ref, place, row, holder.shown ?? known?.shown);
    entry.holders.add(holder);
    return entry.shown;
  }

  /** A holder shows a row no longer. */
  release(ref: RowRef, holder: object): void {
    if (this.#entries.size === 0) return;
    const entry = this.#entries.get(idOf(ref));
    if (entry?.holders.delete(holder) && entry.holders.size === 0) this.#entries.delete(idOf(ref));
  }

  #reject(ref: RowRef, place: ShownRow, row: EncodedMessage, before: EncodedMessage | undefined): Entry {
    const entry = toEntry(place, row, before, this.#entries.get(idOf(ref))?.holders ?? new Set());
    this.#entries.set(idOf(ref), entry);
    for (const withheld of entry.withheld) this.#report({ table: ref.table.name, key: ref.key }, withheld);
    return entry;
  }

  all(): readonly Withheld[] {
    return [...this.#entries.values()].flatMap(({ withheld }) => withheld);
  }
}

function idOf({ table, key }: RowRef): string {
  return `${table.name}\n${key}`;
}

/** There is nothing wrong with a row that does not exist. */
function isSound(
  row: EncodedMessage | undefined,
): row is undefined | (EncodedMessage & { readonly rejection?: never; readonly leftOut?: never }) {
  return row === undefined || (row.rejection === undefined && row.leftOut === undefined);
}

function toEntry(
  { typeUrl, view }: ShownRow,
  row: EncodedMessage,
  before: EncodedMessage | undefined,
  holders: Set<object>,
): Entry {
  const { name, rejection, leftOut = [] } = row;
  const whole = rejection === undefined ? [] : [{ typeUrl, view, name, rejection }];
  const parts = leftOut.map((part) => ({ typeUrl, view, name, part: part.name, rejection: part.rejection }));
  return { row, withheld: [...whole, ...parts], shown: shownOf(typeUrl, row, before), holders };
}

function shownOf(typeUrl: string, row: EncodedMessage, before: EncodedMessage | undefined): EncodedMessage | undefined {
  if (row.rejection !== undefined) return before?.name === row.name ? before : undefined;
  return typeUrl === typeUrls.route && before !== undefined ? withLastHosts(row, before) : row;
}
