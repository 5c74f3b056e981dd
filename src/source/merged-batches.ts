/**
 * Merges the batches of several sources. A resource that several sources declare is taken from the first of these; the others have the finding
 * `DuplicateResource`, and stand in for it when it goes.
 */
import { refOfDocument } from '../api/kinds.js';
import { type RawResource, type ResourceKey, type ResourceRef, resourceKey } from '../api/resource.js';
import { duplicateFinding } from './contents/declaration.js';
import type { ResourceBatch } from './contents/table.js';
import type { FileFinding } from './yaml/finding.js';

/** What one source declares. */
interface Declared {
  readonly resources: Map<ResourceKey, RawResource>;
  findings: readonly FileFinding[];
}

export class MergedBatches {
  readonly #sources: readonly Declared[];
  /** The resources that a later source declares too, with the findings about those that are ignored. */
  readonly #duplicates = new Map<ResourceKey, readonly FileFinding[]>();

  /** `count`: the number of sources, the most important one first. */
  constructor(count: number) {
    this.#sources = Array.from({ length: count }, () => ({ resources: new Map(), findings: [] }));
  }

  /** What the batch of a source changes for all together. */
  take(source: number, batch: ResourceBatch): ResourceBatch {
    const declared = this.#sources[source];
    if (declared === undefined) throw new RangeError(`there is no source ${String(source)}`);
    const upserts: RawResource[] = [];
    const deletes: ResourceRef[] = [];
    const duplicates: FileFinding[] = [];
    for (const raw of batch.upserts) {
      const key = resourceKey(refOfDocument(raw));
      declared.resources.set(key, raw);
      if (this.#winner(key) === raw) upserts.push(raw);
      duplicates.push(...this.#compare(key));
    }
    for (const ref of batch.deletes) {
      const key = resourceKey(ref);
      const was = this.#winner(key);
      const mine = declared.resources.get(key);
      declared.resources.delete(key);
      const now = this.#winner(key);
      if (now === undefined) deletes.push(ref);
      else if (was === mine) upserts.push(now);
      this.#compare(key);
    }
    declared.findings = batch.findings;
    const findings = [...this.#sources.flatMap((one) => one.findings), ...[...this.#duplicates.values()].flat()];
    return { ...batch, upserts, deletes, findings, newFindings: [...batch.newFindings, ...duplicates] };
  }

  #winner(key: ResourceKey): RawResource | undefined {
    for (const { resources } of this.#sources) {
      const raw = resources.get(key);
      if (raw !== undefined) return raw;
    }
    return undefined;
  }

  /** Finds the duplicates of a resource. Returns the findings that are new. */
  #compare(key: ResourceKey): readonly FileFinding[] {
    const [winner, ...others] = this.#sources.flatMap(({ resources }) => resources.get(key) ?? []);
    const before = this.#duplicates.get(key) ?? [];
    if (winner === undefined || others.length === 0) {
      this.#duplicates.delete(key);
      return [];
    }
    const findings = others.map((other) => duplicateFinding(refOfDocument(other), other.locate([]), winner.locate([])));
    this.#duplicates.set(key, findings);
    return findings.filter(({ message }) => !before.some((known) => known.message === message));
  }
}

/** A change and what follows from it as one. Deletes are applied first, so what one deletes the other may bring back. */
export function inOneBatch(earlier: ResourceBatch, later: ResourceBatch): ResourceBatch {
  return {
    ...earlier,
    upserts: [...earlier.upserts, ...later.upserts],
    deletes: [...earlier.deletes, ...later.deletes],
    // The later one has those of all sources.
    findings: later.findings,
    newFindings: [...earlier.newFindings, ...later.newFindings],
  };
}
