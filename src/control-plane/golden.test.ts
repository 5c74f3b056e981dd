import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CASE_FILES, readCase } from '../testing/case.js';
import { matchGolden, resultsByClient, TESTDATA } from '../testing/golden.js';
import { watch } from '../testing/watcher.js';
import { CLUSTER_ANNOTATION } from '../api/resource.js';
import type { ResourceWithStatus, Snapshot } from './api/api.js';
import { type ControlPlane, createControlPlane } from './control-plane.js';
import { type Core, createCore } from './inputs/core.js';

const FOLDER = join(TESTDATA, 'golden');

describe('golden cases', () => {
  for (const name of readdirSync(FOLDER).sort()) {
    it(name, () => {
      checkCase(join(FOLDER, name));
    });
  }
});

/** What each client gets, what is found, which statuses result, and what each step costs. */
function checkCase(path: string): void {
  const { clients, first, steps } = readCase(path);
  const controlPlane = createControlPlane();
  controlPlane.apply(first);
  const snapshots = new Map(Object.entries(clients).map(([client, query]) => [client, controlPlane.snapshot(query)]));
  const results = new Map<string, unknown>([
    ...resultsByClient(new Map([...snapshots].map(([client, snapshot]) => [client, resourcesOf(snapshot)]))),
    ...nodeFindings(snapshots),
    ['diagnostics', controlPlane.findings()],
    ['statuses', statuses(controlPlane)],
  ]);
  if (steps.length > 0) results.set('steps', runSteps(path));
  matchGolden(path, { inputs: CASE_FILES, results });
}

function resourcesOf({ listeners, routes, clusters, endpoints }: Snapshot): Readonly<Record<string, unknown>> {
  return { listeners, routes, clusters, endpoints };
}

/** Findings about the clients themselves, by client; no file if there are none. */
function nodeFindings(snapshots: ReadonlyMap<string, Snapshot>): readonly (readonly [string, unknown])[] {
  const found = [...snapshots].filter(([, { findings }]) => findings.length > 0);
  if (found.length === 0) return [];
  return [['node-findings', Object.fromEntries(found.map(([client, { findings }]) => [client, findings]))]];
}

function statuses(controlPlane: ControlPlane): unknown {
  const resources = controlPlane.resources({ written: true });
  return Object.fromEntries(resources.map((resource) => [nameOf(resource), resource.status]));
}

/** `Kind/namespace/name`, and `/cluster` where the resource names one. */
function nameOf({ kind, metadata }: ResourceWithStatus): string {
  const {
    name,
    namespace = '',
    annotations,
  } = metadata as { name: string; namespace?: string; annotations?: Record<string, string> };
  return [kind, namespace, name, ...(annotations?.[CLUSTER_ANNOTATION] ? [annotations[CLUSTER_ANNOTATION]] : [])].join(
    '/',
  );
}

/** For each step: the rows that were computed, by table, and what each client would be sent. */
function runSteps(path: string): unknown {
  const golden = readCase(path);
  const { clients, first, steps } = golden;
  const core = createCore();
  core.take(first);
  const watchers = Object.entries(clients).map(([client, query]) => [client, watch(core, query)] as const);
  for (const [, watcher] of watchers) watcher.takeChanges();
  return steps.map((step) => {
    const before = core.graph.computed();
    core.take(golden.batch(step));
    const sent = Object.fromEntries(watchers.map(([client, watcher]) => [client, watcher.takeChanges()]));
    return { step: step.name, computed: difference(before, core), sent };
  });
}

function difference(before: ReadonlyMap<string, number>, { graph }: Core): Readonly<Record<string, number>> {
  const counts = [...graph.computed()].map(([table, count]) => [table, count - (before.get(table) ?? 0)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0).sort());
}
