/**
 * All findings about resources. Those of a new resource are computed when they are first asked for; from then on they follow each change,
 * and only changed resources are visited. Must know neither logs nor streams.
 */
import { type Diagnostic, type Severity, formatPath } from '../../api/diagnostic.js';
import { type ResourceKey, compareText } from '../../api/resource.js';
import type { Graph, Observation } from '../../graph/index.js';
import type { FileFinding } from '../../source/yaml/finding.js';
import type { FindingTable } from '../../kinds/registry.js';
import { statusMessage, positionOf } from '../../status/message.js';
import type { Finding } from '../api/api.js';
import type { Inventory, InventoryItem } from '../inputs/inventory.js';

/** The findings about each changed resource. The empty key has the findings about files. */
export type FindingChanges = ReadonlyMap<ResourceKey | '', readonly Finding[]>;

/** No resource has this key. */
const FILES = '';

export class FindingLedger {
  readonly #graph: Graph;
  readonly #table: FindingTable;
  readonly #inventory: Inventory;
  readonly #rows = new Map<ResourceKey, Observation<readonly Diagnostic[]>>();
  /** New resources whose findings nobody has asked for. */
  readonly #pending = new Set<ResourceKey>();
  readonly #changed = new Set<ResourceKey | typeof FILES>();
  /** One function for all rows: there are as many rows as documents. */
  readonly #onChange = (_row: unknown, key: ResourceKey): void => this.#touch(key);
  readonly #touched: (key: ResourceKey) => void;
  #files: readonly FileFinding[] = [];

  /** `touched`: called for each resource that is put or removed, or whose findings change. */
  constructor(
    graph: Graph,
    table: FindingTable,
    inventory: Inventory,
    touched: (key: ResourceKey) => void = () => undefined,
  ) {
    this.#touched = touched;
    this.#graph = graph;
    this.#table = table;
    this.#inventory = inventory;
  }

  /** `touched`: the resources of the inventory that were put or removed. `files`: the current findings about files. */
  update(touched: Iterable<ResourceKey>, files: readonly FileFinding[]): void {
    for (const key of touched) {
      this.#touch(key);
      if (!this.#inventory.items.has(key)) this.#leave(key);
      else if (!this.#rows.has(key)) this.#pending.add(key);
    }
    if (files.length + this.#files.length > 0) this.#changed.add(FILES);
    this.#files = files;
  }

  #touch(key: ResourceKey): void {
    this.#changed.add(key);
    this.#touched(key);
  }

  #leave(key: ResourceKey): void {
    this.#pending.delete(key);
    this.#rows.get(key)?.close();
    this.#rows.delete(key);
  }

  /** Computes the findings about new resources, in steps. */
  *inSteps(): Generator<void> {
    for (const key of this.#pending) {
      this.#follow(key);
      yield;
    }
  }

  #follow(key: ResourceKey): Observation<readonly Diagnostic[]> {
    this.#pending.delete(key);
    const row = this.#graph.observe(this.#table, key, this.#onChange);
    this.#rows.set(key, row);
    return row;
  }

  /** The findings of the model about the resource, without those of decoding. */
  ofModel(key: ResourceKey): readonly Diagnostic[] {
    const row = this.#pending.has(key) ? this.#follow(key) : this.#rows.get(key);
    return row?.row ?? [];
  }

  /** The severities of the findings about one resource. The empty key: about files. */
  severitiesOf(key: ResourceKey | typeof FILES): readonly Severity[] {
    if (key === FILES) return this.#files.map(({ severity }) => severity);
    const item = this.#inventory.items.get(key);
    return item === undefined ? [] : this.#diagnosticsOf(item, key).map(({ severity }) => severity);
  }

  /** All findings, by position. */
  all(): readonly Finding[] {
    const keys: readonly (ResourceKey | typeof FILES)[] = [FILES, ...this.#inventory.items.keys()];
    return keys.flatMap((key) => this.#of(key)).sort(byPosition);
  }

  /**
   * The findings about all resources that were put, removed or affected by a change since the last call. Those of new resources are computed
   * without a break, unless `inSteps` was run before.
   */
  takeChanges(): FindingChanges {
    const changes = new Map([...this.#changed].map((key) => [key, this.#of(key)]));
    this.#changed.clear();
    return changes;
  }

  #of(key: ResourceKey | typeof FILES): readonly Finding[] {
    if (key === FILES) return this.#files.map(fromFile);
    const item = this.#inventory.items.get(key);
    if (item === undefined) return [];
    return this.#diagnosticsOf(item, key).map((diagnostic) => toFinding(diagnostic, item));
  }

  /** A version that cannot be decoded has only the findings of decoding. */
  #diagnosticsOf({ resource, diagnostics }: InventoryItem, key: ResourceKey): readonly Diagnostic[] {
    return resource.spec === undefined ? diagnostics : [...diagnostics, ...this.ofModel(key)];
  }
}

function toFinding(diagnostic: Diagnostic, { raw }: InventoryItem): Finding {
  const {
    ref: { kind, namespace, name },
    code,
    severity,
  } = diagnostic;
  return {
    ...positionOf(diagnostic, raw),
    severity,
    code,
    kind,
    namespace,
    name,
    message: statusMessage(diagnostic, raw),
  };
}

function fromFile({ file, line, column, severity, code, message, ref, path }: FileFinding): Finding {
  const { kind = '', namespace = '', name = '' } = ref ?? {};
  return { file, line, column, severity, code, kind, namespace, name, path: formatPath(path ?? []), message };
}

function byPosition(a: Finding, b: Finding): number {
  return compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.message, b.message);
}
