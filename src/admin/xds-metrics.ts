/**
 * Metrics of the xDS streams, told of each event as it happens. No metric has a label per Envoy: their number has no bound.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface XdsMetrics {
  connected(): void;
  disconnected(): void;
  /** A response of this type was sent. */
  pushed(typeUrl: string): void;
  /** An Envoy took a response, so many seconds after it was sent. */
  acknowledged(typeUrl: string, seconds: number): void;
  /** An Envoy refused a response. */
  refused(typeUrl: string): void;
}

export function addXdsMetrics(registry: Registry): XdsMetrics {
  const registers = [registry];
  const labelNames = ['type'];
  const streams = new Gauge({ name: 'lifeboat_xds_streams', help: 'Open xDS streams.', registers });
  const pushes = new Counter({ name: 'lifeboat_xds_pushes_total', help: 'xDS responses sent.', labelNames, registers });
  const rejects = new Counter({
    name: 'lifeboat_xds_rejects_total',
    help: 'xDS responses that an Envoy refused (NACK).',
    labelNames,
    registers,
  });
  const acks = new Histogram({
    name: 'lifeboat_xds_ack_seconds',
    help: 'Time from a response to its ACK.',
    labelNames,
    registers,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  });
  const pushesOf = byType((type) => pushes.labels(type));
  const acksOf = byType((type) => acks.labels(type));
  return {
    connected: () => streams.inc(),
    disconnected: () => streams.dec(),
    pushed: (typeUrl) => pushesOf(typeUrl).inc(),
    acknowledged: (typeUrl, seconds) => acksOf(typeUrl).observe(seconds),
    refused: (typeUrl) => rejects.inc({ type: shortType(typeUrl) }),
  };
}

/** What counts for each type, looked up by its labels once: this happens for every response. */
function byType<Counted>(ofLabel: (type: string) => Counted): (typeUrl: string) => Counted {
  const known = new Map<string, Counted>();
  return (typeUrl) => {
    const type = shortType(typeUrl);
    const counted = known.get(type) ?? ofLabel(type);
    known.set(type, counted);
    return counted;
  };
}

/** Types are named by clients, so whatever is not one of these shares a label. */
function shortType(typeUrl: string): string {
  return SHORT_TYPES.get(typeUrl) ?? 'other';
}

const SHORT_TYPES: ReadonlyMap<string, string> = new Map([
  ['type.googleapis.com/envoy.config.cluster.v3.Cluster', 'CDS'],
  ['type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment', 'EDS'],
  ['type.googleapis.com/envoy.config.listener.v3.Listener', 'LDS'],
  ['type.googleapis.com/envoy.config.route.v3.RouteConfiguration', 'RDS'],
]);
