/** What is in force by the state of an earlier process, because no file says anything valid in its place. */
import type { DocumentText } from './documents/document-texts.js';
import type { FileContent } from './contents/last-good-content.js';
import type { FileTable, ResourceBatch } from './contents/table.js';

export class RestoredContents {
  readonly #documents = new Set<DocumentText>();

  add({ documents }: FileContent): void {
    for (const { documentText } of documents) this.#documents.add(documentText);
  }

  /** The number of resources in force that come from these documents; each file that is read has documents of its own. */
  count(table: Pick<FileTable, 'inForce'>): number {
    if (this.#documents.size === 0) return 0;
    let count = 0;
    for (const { documentText } of table.inForce()) if (this.#documents.has(documentText)) count++;
    if (count === 0) this.#documents.clear();
    return count;
  }
}

/** The first batch where there was an earlier state: everything in force, whether it comes from that or not. */
export function firstBatch(table: Pick<FileTable, 'inForce'>, last: ResourceBatch): ResourceBatch {
  return { ...last, upserts: [...table.inForce()].map(({ raw }) => raw), deletes: [] };
}
