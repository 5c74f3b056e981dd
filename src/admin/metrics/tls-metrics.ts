/** Metrics of the certificates of the addresses. Values are read at each scrape. */
import { Counter, Gauge, type Registry } from 'prom-client';

/** The address that certificates are for. */
export type TlsAddress = 'xds' | 'admin';

export interface TlsHealth {
  /** When the certificate of the server expires, in milliseconds since the epoch. */
  readonly certExpiry: number;
  /** When the last of the client authorities expires; absent if clients need no certificate. */
  readonly clientCaExpiry?: number;
  /** How often changed files could not be used. */
  readonly failures: number;
}

/** The value of the label `certificate`. */
const SERVER_LABELS: Readonly<Record<TlsAddress, string>> = { xds: 'server', admin: 'admin' };

const sourcesOf = new WeakMap<Registry, Map<TlsAddress, () => TlsHealth>>();

/** Adds the certificates of an address. */
export function addTlsMetrics(registry: Registry, address: TlsAddress, health: () => TlsHealth): void {
  const sources = sourcesOf.get(registry) ?? addMetrics(registry);
  sources.set(address, health);
}

function addMetrics(registry: Registry): Map<TlsAddress, () => TlsHealth> {
  const sources = new Map<TlsAddress, () => TlsHealth>();
  sourcesOf.set(registry, sources);
  new Gauge({
    name: 'lifeboat_tls_certificate_expiry_timestamp_seconds',
    help: 'When the certificates in use expire.',
    labelNames: ['certificate'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [address, health] of sources) {
        const { certExpiry, clientCaExpiry } = health();
        this.set({ certificate: SERVER_LABELS[address] }, certExpiry / 1000);
        if (clientCaExpiry !== undefined) this.set({ certificate: 'client_ca' }, clientCaExpiry / 1000);
      }
    },
  });
  new Counter({
    name: 'lifeboat_tls_reload_errors_total',
    help: 'How often changed TLS files could not be used.',
    registers: [registry],
    collect() {
      this.reset();
      for (const health of sources.values()) this.inc(health().failures);
    },
  });
  return sources;
}
