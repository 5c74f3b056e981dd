/**
 * The registry of `/metrics`, with the default metrics of the process. One per control plane; the global registry is not used.
 * https://prometheus.io/docs/practices/naming/
 */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface BuildInfo {
  readonly version: string;
  /** The version of Node.js, as in `process.version`. */
  readonly nodeVersion: string;
}

export function createRegistry({ version, nodeVersion }: BuildInfo): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const buildInfo = new Gauge({
    name: 'lifeboat_build_info',
    help: 'Always 1; the labels are the versions of Lifeboat and Node.js.',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  });
  buildInfo.set({ version, node_version: nodeVersion }, 1);
  return registry;
}
