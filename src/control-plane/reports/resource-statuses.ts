/** The resources with their statuses, and the number of resources in each state. */
import { type ResourceKey, type ResourceRef, compareText, resourceKey } from '../../api/resource.js';
import { statusOf } from '../../kinds/registry.js';
import { conditionsOf } from '../../status/conditions.js';
import type { ServiceRef } from '../../mesh/model/model.js';
import type { ResourceQuery, ResourceReport, ResourceWithStatus, StateCounts } from '../api/api.js';
import { matches } from '../api/query.js';
import type { Core } from '../inputs/core.js';
import type { InventoryItem } from '../inputs/inventory.js';
import { discoveredResources } from './discovered.js';
import { FindingLedger } from './finding-ledger.js';
import type { ProgrammedProxies } from './programmed.js';
import { type Contribution, StateCounter } from './state-counter.js';

/** Sentences about the NACKs that each resource caused. */
export type Rejections = ReadonlyMap<ResourceKey, readonly string[]>;

export class ResourceStatuses {
  readonly findings: FindingLedger;
  readonly #core: Core;
  readonly #rejectionsNow: () => Rejections;
  readonly #counter: StateCounter;
  /** The NACKs at the last request for statuses. */
  #rejections: Rejections = new Map();

  constructor(core: Core, rejectionsNow: () => Rejections) {
    this.#core = core;
    this.#rejectionsNow = rejectionsNow;
    this.#counter = new StateCounter((key) => this.#contributionOf(key));
    this.findings = new FindingLedger(core.graph, core.findings, core.inventory, (key) => this.#counter.touch(key));
  }

  /** A step for each resource. */
  *list(query: ResourceQuery): Generator<void, readonly ResourceWithStatus[]> {
    this.#readRejections();
    const { graph, model, inventory } = this.#core;
    const items = [...inventory.items.values()]
      .filter(({ ref }) => matches(ref, query))
      .sort((a, b) => byRef(a.ref, b.ref));
    const written: ResourceWithStatus[] = [];
    for (const item of items) {
      written.push(this.#withStatus(item));
      yield;
    }
    if (query.written === true) return written;
    const discovered = yield* discoveredResources(graph, model, query, (service) => this.#statusOfService(service));
    return discovered.length === 0 ? written : [...written, ...discovered].sort(byResource);
  }

  /** The reports about the resources of files that `isAsked` is true of. A step for each resource. */
  *reports(isAsked: (file: string) => boolean, proxies: ProgrammedProxies): Generator<void, readonly ResourceReport[]> {
    this.#readRejections();
    const reports: ResourceReport[] = [];
    for (const item of [...this.#core.inventory.items.values()]) {
      const file = item.raw.file?.();
      if (file === undefined || !isAsked(file)) continue;
      const status = this.#statusOf(item);
      const { ref, raw } = item;
      const { apiVersion, generation } = raw;
      const findings = [...item.diagnostics, ...this.findings.ofModel(resourceKey(ref))];
      const conditions = conditionsOf({ status, generation, findings, proxies: proxies.countOf(ref) });
      reports.push({ file, ref, apiVersion, generation, status, conditions });
      yield;
    }
    return reports;
  }

  *countsInSteps(): Generator<void, StateCounts> {
    yield* this.findings.inSteps();
    yield* this.#counter.inSteps();
    return this.counts();
  }

  counts(): StateCounts {
    this.#readRejections();
    const { resources, findings } = this.#counter.counts();
    const total = { ...findings };
    for (const severity of this.findings.severitiesOf('')) total[severity] += 1;
    return { resources, findings: total };
  }

  /** NACKs change independently of the resources that cause them. */
  #readRejections(): void {
    const before = this.#rejections;
    this.#rejections = this.#rejectionsNow();
    for (const key of [...before.keys(), ...this.#rejections.keys()]) this.#counter.touch(key);
  }

  #contributionOf(key: ResourceKey): Contribution | undefined {
    const item = this.#core.inventory.items.get(key);
    if (item === undefined) return undefined;
    const state = this.#statusOf(item)['state'];
    return {
      kind: item.raw.kind,
      state: typeof state === 'string' ? state : '',
      findings: this.findings.severitiesOf(key),
    };
  }

  #statusOfService({ name, namespace, cluster }: ServiceRef): ResourceWithStatus['status'] {
    const key = resourceKey({ kind: 'Service', namespace, name, ...(cluster !== '' && { cluster }) });
    const item = this.#core.inventory.items.get(key);
    return item && this.#statusOf(item);
  }

  #withStatus(item: InventoryItem): ResourceWithStatus {
    const { ref, raw } = item;
    const { metadata, ...rest } = raw.document as { metadata?: Readonly<Record<string, unknown>> };
    const namespace = ref.namespace === '' ? {} : { namespace: ref.namespace };
    return {
      ...rest,
      apiVersion: raw.apiVersion,
      kind: raw.kind,
      metadata: { ...metadata, name: ref.name, ...namespace, generation: raw.generation },
      status: this.#statusOf(item),
    };
  }

  #statusOf({ ref, raw, resource, diagnostics }: InventoryItem): NonNullable<ResourceWithStatus['status']> {
    const { graph, model } = this.#core;
    const key = resourceKey(ref);
    return statusOf(graph, model, {
      resource,
      decoding: diagnostics.filter(({ severity }) => severity === 'error'),
      findings: this.findings.ofModel(key),
      raw,
      rejections: this.#rejections.get(key) ?? [],
    });
  }
}

/** A stable order by kind, namespace and name. */
function byResource(a: ResourceWithStatus, b: ResourceWithStatus): number {
  return (
    compareText(a.kind, b.kind) ||
    compareText(a.metadata.namespace ?? '', b.metadata.namespace ?? '') ||
    compareText(a.metadata.name, b.metadata.name)
  );
}

function byRef(a: ResourceRef, b: ResourceRef): number {
  return (
    compareText(a.kind, b.kind) ||
    compareText(a.namespace, b.namespace) ||
    compareText(a.name, b.name) ||
    compareText(a.cluster ?? '', b.cluster ?? '')
  );
}
