/** What is injected: the options that `lifeboat inject` makes of its flags. */

export interface EnvoyAddress {
  readonly host: string;
  readonly port: number;
}

/** The node of an Envoy, with the static resources that its Pod needs. */
export interface BootstrapParts {
  readonly nodeId: string;
  readonly locality: { readonly region?: string; readonly zone?: string; readonly subZone?: string };
  /** Beside what every Envoy of this run has. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly listeners: readonly object[];
  readonly clusters: readonly object[];
}

export interface InjectOptions {
  /** The image of Envoy. Its entrypoint must be `envoy`, as in the official images. */
  readonly image: string;
  /** `CLUSTER_ID` of the Envoys. */
  readonly cluster: string;
  /** Default: the region and zone of the Pod's own labels. */
  readonly locality?: { readonly region?: string; readonly zone?: string; readonly subZone?: string };
  /** The bootstrap of an Envoy as plain data: the one truth of `lifeboat bootstrap`. */
  readonly bootstrap: (parts: BootstrapParts) => object;
  /** Where Envoy's admin interface listens. */
  readonly admin: EnvoyAddress;
  /** The port at the Pod's address where probes ask whether Envoy is ready. */
  readonly readyPort: number;
  readonly cpu: string;
  readonly memory: string;
  /** The Secret with `ca.crt`, `tls.crt` and `tls.key` for mutual TLS with the control plane. */
  readonly tlsSecret?: string;
  /** The failover hostnames, each with the address that leads to Envoy. */
  readonly hostAliases: readonly { readonly hostname: string; readonly address: string }[];
}

/** The sidecar, its volume, and the annotations that inject reads and writes. */
export const SIDECAR_NAME = 'lifeboat-envoy';
export const TLS_VOLUME = 'lifeboat-tls';
export const TLS_DIRECTORY = '/etc/lifeboat/tls';
/** `"false"` on a workload or on its Pod: nothing is injected. */
export const INJECT_ANNOTATION = 'lifeboat.dev/inject';
/** On the Pod: what inject has added to it, so that it can be replaced. */
export const INJECTED_ANNOTATION = 'lifeboat.dev/injected';
