/** Metrics of the certificates of the xDS address. Values are read at each scrape. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface TlsHealth {
  /** When the certificate of the server expires, in milliseconds since the epoch. */
  readonly certExpiry: number;
  /** When the last of the client authorities expires; absent if clients need no certificate. */
  readonly clientCaExpiry?: number;
  /** How often changed files could not be used. */
  readonly failures: number;
}

export function addTlsMetrics(registry: Registry, health: () => TlsHealth): void {
  new Gauge({
    name: 'lifeboat_tls_certificate_expiry_timestamp_seconds',
    help: 'When the certificates in use expire.',
    labelNames: ['certificate'],
    registers: [registry],
    collect() {
      this.reset();
      const { certExpiry, clientCaExpiry } = health();
      this.set({ certificate: 'server' }, certExpiry / 1000);
      if (clientCaExpiry !== undefined) this.set({ certificate: 'client_ca' }, clientCaExpiry / 1000);
    },
  });
  new Counter({
    name: 'lifeboat_tls_reload_errors_total',
    help: 'How often changed TLS files could not be used.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(health().failures);
    },
  });
}
