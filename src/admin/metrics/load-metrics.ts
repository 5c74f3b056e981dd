/**
 * Metrics of requests to failover destinations by tier, from load reports of Envoys. No metric has a label per Envoy; the clusters are
 * those that the control plane asks about.
 */
import { Counter, type Registry } from 'prom-client';
import type { LoadReport } from '../../control-plane/reports/failover-loads.js';

export interface LoadMetrics {
  /** Adds a load report of an Envoy. */
  reported(report: LoadReport): void;
}

export function addLoadMetrics(registry: Registry): LoadMetrics {
  const registers = [registry];
  const labelNames = ['cluster', 'priority'];
  const requests = new Counter({
    name: 'lifeboat_failover_requests_total',
    help: 'Requests that Envoys sent to a tier of a failover destination, including each retry.',
    labelNames,
    registers,
  });
  const errors = new Counter({
    name: 'lifeboat_failover_request_errors_total',
    help: 'Requests to a tier of a failover destination that failed, including those without a connection.',
    labelNames,
    registers,
  });
  const dropped = new Counter({
    name: 'lifeboat_failover_dropped_requests_total',
    help: 'Requests to a failover destination that an Envoy dropped before it chose an endpoint.',
    labelNames: ['cluster'],
    registers,
  });
  return {
    reported: ({ clusters }) => {
      for (const { cluster, dropped: lost, localities } of clusters) {
        if (lost > 0) dropped.inc({ cluster }, lost);
        for (const { priority, issued, failed } of localities) {
          if (issued > 0) requests.inc({ cluster, priority }, issued);
          if (failed > 0) errors.inc({ cluster, priority }, failed);
        }
      }
    },
  };
}
