/** The values under a prefix, each as a file of its own, so that what holds for files holds for them. */
import { runToEnd } from '../../turns/run-to-end.js';
import { nextContent } from '../contents/last-good-content.js';
import { type ResourceBatch, createFileTable } from '../contents/table.js';
import { type FileText, fileFinding } from '../files/read.js';
import { decodeText } from '../files/text.js';
import type { ReadLimits } from '../yaml/limits.js';
import type { EtcdEntry } from './client.js';
import { fileOfKey } from './keys.js';

export class EtcdDocuments {
  readonly #table = createFileTable();
  readonly #limits: ReadLimits;

  constructor(limits: ReadLimits) {
    this.#limits = limits;
  }

  put({ key, value }: Pick<EtcdEntry, 'key' | 'value'>): void {
    const file = fileOfKey(key);
    const options = { ...this.#table.optionsOf(file), limits: this.#limits };
    this.#table.set(file, runToEnd(nextContent(file, this.#table.content(file), this.#textOf(value), options)));
  }

  delete(key: string): void {
    this.#table.remove(fileOfKey(key));
  }

  /** These are all keys. One key is a step. */
  *replace(entries: readonly EtcdEntry[]): Generator<void> {
    const left = new Set(entries.map(({ key }) => fileOfKey(key)));
    for (const file of this.#table.files()) if (!left.has(file)) this.#table.remove(file);
    for (const entry of entries) {
      this.put(entry);
      yield;
    }
  }

  /** The number of keys. */
  get size(): number {
    return this.#table.files().length;
  }

  /** The number of resources, with those that stay in force because of an error. */
  get resources(): number {
    return this.#table
      .files()
      .map((file) => this.#table.content(file))
      .reduce((sum, { resources, kept }) => sum + resources.length + kept.length, 0);
  }

  /** What changed since the last batch; `undefined` if nothing changed. The first batch is never `undefined`. */
  commit(): ResourceBatch | undefined {
    return this.#table.commit();
  }

  #textOf(value: Buffer): FileText {
    const { fileBytes } = this.#limits;
    if (value.length <= fileBytes) return { ...decodeText(value), identity: '' };
    const message = `The value has ${value.length} bytes, more than ${fileBytes}. Split it, or set --max-file-size.`;
    return { finding: fileFinding('FileTooLarge', message) };
  }
}
