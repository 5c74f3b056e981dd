/** Metrics of what the control plane holds. Their values are asked for at each scrape, so nothing is kept here. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ControlPlaneApi } from '../control-plane/api.js';
import { nodeFindingCodes } from '../control-plane/node-findings.js';

/** How one source of resources fares. */
export interface SourceHealth {
  /** A stable name, the label's value: `files` for the watching of files as a whole, and each configured path. */
  readonly source: string;
  /** Failures since the start. */
  readonly errors: number;
  /** When the last load was taken in, in milliseconds since the epoch; absent before the first. */
  readonly lastSuccess?: number;
  /** Resources that stay in force although the source does not show them any more; absent where it never keeps any. */
  readonly held?: number;
}

export interface ObservedState {
  readonly controlPlane: Pick<ControlPlaneApi, 'resources' | 'proxies' | 'findings'>;
  readonly sources: () => readonly SourceHealth[];
}

export function addStateMetrics(registry: Registry, { controlPlane, sources }: ObservedState): void {
  addProxies(registry, controlPlane);
  addProxyFindings(registry, controlPlane);
  addResources(registry, controlPlane);
  addFindings(registry, controlPlane);
  addSources(registry, sources);
  addHeld(registry, sources);
}

function addProxies(registry: Registry, controlPlane: Pick<ControlPlaneApi, 'proxies'>): void {
  new Gauge({
    name: 'lifeboat_proxies',
    help: 'Connected Envoys, by xDS type and by whether they hold what they were sent.',
    labelNames: ['type', 'state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const proxy of controlPlane.proxies()) {
        for (const [type, { state }] of Object.entries(proxy.types)) this.inc({ type, state });
      }
    },
  });
}

/** A finding counts once for each proxy that has it. */
function addProxyFindings(registry: Registry, controlPlane: Pick<ControlPlaneApi, 'proxies'>): void {
  new Gauge({
    name: 'lifeboat_proxy_findings',
    help: 'What is strange about connected Envoys, by code: lifeboat proxies says more.',
    labelNames: ['code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const code of nodeFindingCodes) this.set({ code }, 0);
      for (const { findings } of controlPlane.proxies()) for (const { code } of findings) this.inc({ code });
    },
  });
}

function addResources(registry: Registry, controlPlane: Pick<ControlPlaneApi, 'resources'>): void {
  new Gauge({
    name: 'lifeboat_resources',
    help: 'Resources, by kind and state; the state is empty for kinds that have no status.',
    labelNames: ['kind', 'state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { kind, status } of controlPlane.resources({ written: true }))
        this.inc({ kind, state: stateOf(status) });
    },
  });
}

function addFindings(registry: Registry, controlPlane: Pick<ControlPlaneApi, 'findings'>): void {
  new Gauge({
    name: 'lifeboat_findings',
    help: 'Findings about the resources as they are now, by severity.',
    labelNames: ['severity'],
    registers: [registry],
    collect() {
      this.reset();
      for (const severity of ['error', 'warning']) this.set({ severity }, 0);
      for (const { severity } of controlPlane.findings()) this.inc({ severity });
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
    help: 'When the last load of a source was taken in.',
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
    help: 'Resources of a source that suddenly holds nothing, which stay in force for a grace time.',
    labelNames: ['source'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { source, held } of sources()) if (held !== undefined) this.set({ source }, held);
    },
  });
}

function stateOf(status: Readonly<Record<string, unknown>> | undefined): string {
  const state = status?.['state'];
  return typeof state === 'string' ? state : '';
}
