/**
 * The registry that `/metrics` shows, with what every process tells of itself. One per control plane, never the global one.
 * https://prometheus.io/docs/practices/naming/
 */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface BuildInfo {
  readonly version: string;
  /** Of Node, as `process.version` has it. */
  readonly nodeVersion: string;
}

export function createRegistry({ version, nodeVersion }: BuildInfo): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const buildInfo = new Gauge({
    name: 'lifeboat_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  });
  buildInfo.set({ version, node_version: nodeVersion }, 1);
  return registry;
}
