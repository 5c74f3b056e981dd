/** Metrics of what is written to Kubernetes. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface WriteCounters {
  readonly written: (what: 'status' | 'event') => void;
  readonly failed: () => void;
}

export function addKubernetesMetrics(registry: Registry, isLeader: () => boolean): WriteCounters {
  const registers = [registry];
  new Gauge({
    ...{
      name: 'lifeboat_kubernetes_leader',
      help: '1 if this replica writes statuses to Kubernetes, else 0.',
      registers,
    },
    collect() {
      this.set(isLeader() ? 1 : 0);
    },
  });
  const writes = new Counter({
    ...{ name: 'lifeboat_kubernetes_writes_total', help: 'Statuses and events written to Kubernetes.', registers },
    labelNames: ['object'] as const,
  });
  const errors = new Counter({
    ...{
      name: 'lifeboat_kubernetes_write_errors_total',
      help: 'Statuses and events that could not be written.',
      registers,
    },
  });
  return { written: (object) => writes.inc({ object }), failed: () => errors.inc() };
}
