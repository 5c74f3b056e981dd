/**
 * Does not believe at once that a service lost most of its endpoints: a registry that has just restarted, or a tool that exports
 * half of them, says the same. The lost endpoints stay for a grace time. That is history, and a row may depend on inputs only; so
 * the result is an input. It must not know clocks: times are milliseconds that the caller gives.
 */
import type { EndpointSlice, Endpoint as KubeEndpoint } from '../../../generated/resources.js';
import type { ServiceKey } from '../../model/kube-key.js';
import type { SliceResource } from './kube-endpoints.js';

/** Endpoints that a service lost, and keeps for now. */
export interface RetainedEndpoints {
  /** With the lost endpoints only, as their resources described them last. */
  readonly slices: readonly RetainedSlice[];
  /** Number of lost endpoints. */
  readonly lost: number;
  /** Number of endpoints before. */
  readonly had: number;
  /** When they are removed. */
  readonly until: number;
}

export type RetainedSlice = Pick<SliceResource, 'ref' | 'spec'>;

/** What one resource, an EndpointSlice or an Endpoints object, says of the endpoints of a service. */
export interface EndpointReport {
  readonly ref: SliceResource['ref'];
  readonly slices: readonly EndpointSlice[];
}

/** A resource by its key, and by whether reports of that kind take the place of the others, as EndpointSlices do. */
export interface ReportId {
  readonly key: string;
  readonly takesPrecedence: boolean;
}

interface Reports {
  readonly precedent: Map<string, EndpointReport>;
  readonly other: Map<string, EndpointReport>;
}

interface GuardedService {
  /** What the resources say. */
  readonly now: Reports;
  /** What they said when they were believed last. */
  readonly believed: Reports;
  /** The end of the grace time, while they are not believed. */
  until: number | undefined;
}

export class ShrinkGuard {
  readonly #grace: number;
  readonly #services = new Map<ServiceKey, GuardedService>();
  readonly #touched = new Set<ServiceKey>();
  readonly #waiting = new Set<ServiceKey>();

  /** @param grace milliseconds that lost endpoints stay; 0: none. */
  constructor(grace: number) {
    this.#grace = grace;
  }

  /** A resource that exists says this of a service. */
  report(service: ServiceKey, { key, takesPrecedence }: ReportId, report: EndpointReport): void {
    let known = this.#services.get(service);
    if (known === undefined) {
      known = { now: noReports(), believed: noReports(), until: undefined };
      this.#services.set(service, known);
    }
    (takesPrecedence ? known.now.precedent : known.now.other).set(key, report);
    this.#touched.add(service);
  }

  /** A resource was deleted, or is about another service now. Somebody said so, and is believed. */
  withdraw(service: ServiceKey, { key }: Pick<ReportId, 'key'>): void {
    const known = this.#services.get(service);
    if (known === undefined) return;
    for (const { precedent, other } of [known.now, known.believed]) {
      precedent.delete(key);
      other.delete(key);
    }
    this.#touched.add(service);
  }

  /**
   * What each service keeps, for all services that were reported since the last call, or whose grace time is over. `undefined`:
   * nothing.
   */
  settle(now: number): ReadonlyMap<ServiceKey, RetainedEndpoints | undefined> {
    const results = new Map<ServiceKey, RetainedEndpoints | undefined>();
    for (const service of [...this.#waiting])
      if ((this.#services.get(service)?.until ?? 0) <= now) this.#touched.add(service);
    for (const service of this.#touched) {
      const known = this.#services.get(service);
      if (known !== undefined) results.set(service, this.#settleOne(service, known, now));
    }
    this.#touched.clear();
    return results;
  }

  /** When {@link settle} has the next result without a report; `undefined`: never. */
  next(): number | undefined {
    const times = [...this.#waiting].map((service) => this.#services.get(service)?.until ?? 0);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #settleOne(service: ServiceKey, known: GuardedService, now: number): RetainedEndpoints | undefined {
    const present = endpointsOf(inEffect(known.now));
    const before = endpointsOf(inEffect(known.believed)).filter(isStaying);
    const isOver = known.until !== undefined && known.until <= now;
    if (this.#grace === 0 || isOver || present.length * 2 >= before.length) {
      this.#believe(service, known);
      return undefined;
    }
    known.until ??= now + this.#grace;
    this.#waiting.add(service);
    const addresses = new Set(present.map(nameOf));
    const isLost = (endpoint: KubeEndpoint): boolean => isStaying(endpoint) && !addresses.has(nameOf(endpoint));
    const slices = inEffect(known.believed).flatMap((report) => lostOf(report, isLost));
    const lost = slices.reduce((sum, { spec }) => sum + (spec?.endpoints?.length ?? 0), 0);
    return { slices, lost, had: before.length, until: known.until };
  }

  #believe(service: ServiceKey, known: GuardedService): void {
    known.until = undefined;
    this.#waiting.delete(service);
    if (known.now.precedent.size + known.now.other.size === 0) {
      this.#services.delete(service);
      return;
    }
    for (const kind of ['precedent', 'other'] as const) {
      known.believed[kind].clear();
      for (const [key, report] of known.now[kind]) known.believed[kind].set(key, report);
    }
  }
}

function noReports(): Reports {
  return { precedent: new Map(), other: new Map() };
}

function inEffect({ precedent, other }: Reports): readonly EndpointReport[] {
  return [...(precedent.size > 0 ? precedent : other).values()];
}

/** Those with an address, each once. */
function endpointsOf(reports: readonly EndpointReport[]): readonly KubeEndpoint[] {
  const endpoints = new Map<string, KubeEndpoint>();
  for (const { slices } of reports)
    for (const endpoint of slices.flatMap((slice) => slice.endpoints ?? []))
      if (nameOf(endpoint) !== '') endpoints.set(nameOf(endpoint), endpoint);
  return [...endpoints.values()];
}

function nameOf({ addresses: [address = ''] = [] }: KubeEndpoint): string {
  return address;
}

/** A terminating endpoint has announced that it goes. */
function isStaying({ conditions }: KubeEndpoint): boolean {
  return conditions?.terminating !== true;
}

function lostOf(
  { ref, slices }: EndpointReport,
  isLost: (endpoint: KubeEndpoint) => boolean,
): readonly RetainedSlice[] {
  return slices.flatMap((spec) => {
    const endpoints = (spec.endpoints ?? []).filter(isLost);
    return endpoints.length === 0 ? [] : [{ ref, spec: { ...spec, endpoints } }];
  });
}
