/**
 * Metrics of the xDS streams, updated on each event. No metric has a label per Envoy, because their number is unbounded.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface XdsMetrics {
  connected(): void;
  disconnected(): void;
  /** A response of this type was sent. */
  pushed(typeUrl: string): void;
  /** A client acknowledged a response, this many seconds after it was sent. */
  acknowledged(typeUrl: string, seconds: number): void;
  /** A client rejected a response (NACK). */
  rejected(typeUrl: string): void;
  /** A resource or response of this type is larger than gRPC clients accept by default. */
  oversized(typeUrl: string): void;
  /** A call or connection was ended or refused because of this limit. */
  limited(limit: string): void;
}

/** What is read at each scrape, and the names of all limits. */
export interface XdsMetricsSource {
  readonly limits: readonly string[];
  rememberedBytes(): number;
  /** Streams that wait to be admitted, and streams whose resources are being computed. */
  waiting(): { readonly admission: number; readonly preparation: number };
}

export function addXdsMetrics(registry: Registry, source: XdsMetricsSource): XdsMetrics {
  const registers = [registry];
  const labelNames = ['type'];
  const streams = new Gauge({ name: 'lifeboat_xds_streams', help: 'Open xDS streams.', registers });
  const pushes = new Counter({ name: 'lifeboat_xds_pushes_total', help: 'xDS responses sent.', labelNames, registers });
  const rejects = new Counter({
    name: 'lifeboat_xds_rejects_total',
    help: 'xDS responses that a client rejected (NACK).',
    labelNames,
    registers,
  });
  const oversized = new Counter({
    name: 'lifeboat_xds_oversized_total',
    help: 'Versions of resources, and of responses, that are larger than the 4 MiB that gRPC clients accept by default.',
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
  const limited = addLimited(registry, source.limits);
  addRemembered(registry, source);
  addWaiting(registry, source);
  const pushesOf = byType((type) => pushes.labels(type));
  const acksOf = byType((type) => acks.labels(type));
  return {
    connected: () => streams.inc(),
    disconnected: () => streams.dec(),
    pushed: (typeUrl) => pushesOf(typeUrl).inc(),
    acknowledged: (typeUrl, seconds) => acksOf(typeUrl).observe(seconds),
    oversized: (typeUrl) => oversized.inc({ type: shortType(typeUrl) }),
    limited: (limit) => limited.inc({ limit }),
    rejected: (typeUrl) => rejects.inc({ type: shortType(typeUrl) }),
  };
}

function addLimited(registry: Registry, limits: readonly string[]): Counter<'limit'> {
  const limited = new Counter({
    name: 'lifeboat_xds_limited_total',
    help: 'Calls and connections that were ended or turned away because of a limit.',
    labelNames: ['limit'],
    registers: [registry],
  });
  for (const limit of limits) limited.inc({ limit }, 0);
  return limited;
}

function addWaiting(registry: Registry, source: XdsMetricsSource): void {
  new Gauge({
    name: 'lifeboat_xds_streams_waiting',
    help: 'Streams that wait to be admitted, or until their resources are computed.',
    labelNames: ['for'],
    registers: [registry],
    collect() {
      for (const [reason, count] of Object.entries(source.waiting())) this.set({ for: reason }, count);
    },
  });
}

function addRemembered(registry: Registry, source: XdsMetricsSource): void {
  new Gauge({
    name: 'lifeboat_xds_remembered_bytes',
    help: 'Estimated memory for the names, versions and nodes of clients.',
    registers: [registry],
    collect() {
      this.set(source.rememberedBytes());
    },
  });
}

/** Caches the metric of each type: looking up labels for every response is slow. */
function byType<Counted>(ofLabel: (type: string) => Counted): (typeUrl: string) => Counted {
  const known = new Map<string, Counted>();
  return (typeUrl) => {
    const type = shortType(typeUrl);
    const counted = known.get(type) ?? ofLabel(type);
    known.set(type, counted);
    return counted;
  };
}

/** Clients can request any type, so unknown types share one label. */
function shortType(typeUrl: string): string {
  return SHORT_TYPES.get(typeUrl) ?? 'other';
}

const SHORT_TYPES: ReadonlyMap<string, string> = new Map([
  ['type.googleapis.com/envoy.config.cluster.v3.Cluster', 'CDS'],
  ['type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment', 'EDS'],
  ['type.googleapis.com/envoy.config.listener.v3.Listener', 'LDS'],
  ['type.googleapis.com/envoy.config.route.v3.RouteConfiguration', 'RDS'],
]);

/** The result counts a connection that was closed at once, because too many are open. */
export function addDroppedConnections(registry: Registry): () => void {
  const dropped = new Counter({
    name: 'lifeboat_xds_connections_dropped_total',
    help: 'Connections to the xDS address that were closed at once, to keep file descriptors for files.',
    registers: [registry],
  });
  return () => dropped.inc();
}
