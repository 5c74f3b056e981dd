/**
 * Messages that are not sent because Envoy would reject them, and the earlier versions that clients get instead. The row no longer has the
 * earlier version, so it is taken from a holder of the row when the row becomes invalid. Knows rows, but no streams.
 */
import type { RowRef } from './row-ref.js';
import type { EncodedMessage } from '../../envoy/rows/encoded-message.js';
import { withLastHosts } from '../../envoy/routes/virtual-hosts.js';
import { typeUrls } from './resource-types.js';

/** A message, or a part of one, that is withheld. */
export interface Withheld {
  readonly typeUrl: string;
  readonly view: string;
  /** The name of the resource. */
  readonly name: string;
  /** The withheld part: a virtual host by the name of its cluster, or an endpoint by its address. Absent: the whole resource. */
  readonly part?: string;
  readonly rejection: string;
}

/** Called once for each withheld message, with its row. */
export type ReportWithheld = (row: { readonly table: string; readonly key: string }, withheld: Withheld) => void;

/** For the log. A withheld message is a bug, because the model should not contain invalid values. */
export function withheldError({ name, part, rejection }: Withheld): Error {
  const what = part === undefined ? name : `${part} in ${name}`;
  return new Error(`${what} is not sent, because Envoy would reject it: ${rejection}`);
}

interface Entry {
  readonly row: EncodedMessage;
  readonly withheld: readonly Withheld[];
  readonly shown: EncodedMessage | undefined;
  /** The collections that show the row. */
  readonly holders: Set<object>;
}

/** The collection and name of a row. */
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

  /** The version of a row that a holder shows: the row itself if it is valid. `before`: the version that it shows now. */
  soundOf(
    ref: RowRef,
    place: ShownRow,
    row: EncodedMessage | undefined,
    holder: { readonly shown: EncodedMessage | undefined },
  ): EncodedMessage | undefined {
    // Nearly all of many rows are valid.
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

  /** Call when a holder no longer shows a row. */
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

/** A missing row is sound. */
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
