/** Metrics of the state of the control plane. Values are computed at each scrape; nothing is stored here. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ControlPlaneApi, Proxy, StateCounts } from '../../control-plane/api/api.js';
import { nodeFindingCodes } from '../../control-plane/clients/node-findings.js';

/** The health of one source of resources. */
export interface SourceHealth {
  /** The value of the label: `files` for the watches of all files, or a configured path. */
  readonly source: string;
  /** Failures since the start. */
  readonly errors: number;
  /** Time of the last successful load, in milliseconds since the epoch; absent before the first. */
  readonly lastSuccess?: number;
  /** Number of resources that stay in force although the source no longer has them; absent if the source never keeps any. */
  readonly held?: number;
}

/** How the state on disk fares; times are in milliseconds since the epoch. */
export interface StateOnDisk {
  readonly writtenAt?: number;
  readonly errors: number;
  /** Number of resources in force only by the state of an earlier process, and when that was written. */
  readonly restored: number;
  readonly restoredFrom?: number;
}

export interface ObservedState {
  readonly controlPlane: Pick<ControlPlaneApi, 'counts' | 'proxies'>;
  readonly sources: () => readonly SourceHealth[];
  readonly state: () => StateOnDisk;
  /** Endpoints that stay although their source lost them, and how often that began since the start. */
  readonly shrinkage: () => { readonly endpoints: number; readonly losses: number };
}

export function addStateMetrics(registry: Registry, { controlPlane, shrinkage, sources, state }: ObservedState): void {
  const proxies = oncePerScrape(() => controlPlane.proxies());
  const counts = oncePerScrape(() => controlPlane.counts());
  addProxies(registry, proxies);
  addProxyFindings(registry, proxies);
  addResources(registry, counts);
  addFindings(registry, counts);
  addSources(registry, sources);
  addHeld(registry, sources);
  addShrinkage(registry, shrinkage);
  addStateOnDisk(registry, state);
}

/** The metrics of one scrape are collected in one turn of the event loop. */
function oncePerScrape<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    if (made !== undefined) return made.value;
    made = { value: make() };
    setImmediate(() => (made = undefined));
    return made.value;
  };
}

/** Clients can request any type, so unknown types share one label. */
const KNOWN_TYPES: ReadonlySet<string> = new Set(['CDS', 'EDS', 'LDS', 'RDS']);

function addProxies(registry: Registry, proxies: () => readonly Proxy[]): void {
  new Gauge({
    name: 'lifeboat_proxies',
    help: 'Connected clients, by xDS type and by whether they have acknowledged what was sent.',
    labelNames: ['type', 'state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { types } of proxies())
        for (const [type, { state }] of Object.entries(types))
          this.inc({ type: KNOWN_TYPES.has(type) ? type : 'other', state });
    },
  });
}

/** A finding counts once for each proxy that has it. */
function addProxyFindings(registry: Registry, proxies: () => readonly Proxy[]): void {
  new Gauge({
    name: 'lifeboat_proxy_findings',
    help: 'Findings about connected clients, by code. The command lifeboat proxies prints them.',
    labelNames: ['code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const code of nodeFindingCodes) this.set({ code }, 0);
      for (const { findings } of proxies()) for (const { code } of findings) this.inc({ code });
    },
  });
}

function addResources(registry: Registry, counts: () => StateCounts): void {
  new Gauge({
    name: 'lifeboat_resources',
    help: 'Resources, by kind and state. The state is empty for kinds without a status.',
    labelNames: ['kind', 'state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { kind, state, count } of counts().resources) this.set({ kind, state }, count);
    },
  });
}

function addFindings(registry: Registry, counts: () => StateCounts): void {
  new Gauge({
    name: 'lifeboat_findings',
    help: 'Current findings about the resources, by severity.',
    labelNames: ['severity'],
    registers: [registry],
    collect() {
      for (const [severity, count] of Object.entries(counts().findings)) this.set({ severity }, count);
    },
  });
}

function addSources(registry: Registry, sources: () => readonly SourceHealth[]): void {
  new Counter({
    name: 'lifeboat_source_errors_total',
    help: 'Failures of a source.',
    labelNames: ['source'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { source, errors } of sources()) this.inc({ source }, errors);
    },
  });
  new Gauge({
    name: 'lifeboat_source_last_success_timestamp_seconds',
    help: 'Time of the last successful load of a source.',
    labelNames: ['source'],
    registers: [registry],
    collect() {
      for (const { source, lastSuccess } of sources()) {
        if (lastSuccess !== undefined) this.set({ source }, lastSuccess / 1000);
      }
    },
  });
}

function addHeld(registry: Registry, sources: () => readonly SourceHealth[]): void {
  new Gauge({
    name: 'lifeboat_source_held',
    help: 'Resources that stay in force for a grace time after their source suddenly became empty.',
    labelNames: ['source'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { source, held } of sources()) if (held !== undefined) this.set({ source }, held);
    },
  });
}

function addShrinkage(registry: Registry, shrinkage: ObservedState['shrinkage']): void {
  new Gauge({
    name: 'lifeboat_endpoints_retained',
    help: 'Endpoints that stay in force for a grace time after their service suddenly lost more than half of them.',
    registers: [registry],
    collect() {
      this.set(shrinkage().endpoints);
    },
  });
  new Counter({
    name: 'lifeboat_endpoint_losses_total',
    help: 'How often a service suddenly lost more than half of its endpoints.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(shrinkage().losses);
    },
  });
}

function addStateOnDisk(registry: Registry, state: ObservedState['state']): void {
  new Gauge({
    name: 'lifeboat_state_written_timestamp_seconds',
    help: 'When the state on disk was last written.',
    registers: [registry],
    collect() {
      const { writtenAt } = state();
      if (writtenAt !== undefined) this.set(writtenAt / 1000);
    },
  });
  new Counter({
    name: 'lifeboat_state_errors_total',
    help: 'How often the state on disk could not be written, or read at the start.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(state().errors);
    },
  });
  new Gauge({
    name: 'lifeboat_state_restored_resources',
    help: 'Resources in force only by the state of an earlier process.',
    registers: [registry],
    collect() {
      this.set(state().restored);
    },
  });
  new Gauge({
    name: 'lifeboat_state_restored_age_seconds',
    help: 'Age of the state that restored resources come from; 0 if there are none.',
    registers: [registry],
    collect() {
      const { restoredFrom } = state();
      this.set(restoredFrom === undefined ? 0 : Math.max(0, (Date.now() - restoredFrom) / 1000));
    },
  });
}
