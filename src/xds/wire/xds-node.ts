/** The parts of a client's `Node` that a provider can use. Knows no wire format. */

/** The locality of a node. Unknown parts are empty. */
export interface XdsLocality {
  readonly region: string;
  readonly zone: string;
  readonly subZone: string;
}

/**
 * The node in the first request of a stream. It applies to the whole stream. Texts except those in `metadata` have at most 256 bytes and no
 * control characters. A longer text is cut. A text that changes by that ends with a hash of the whole, so that different nodes stay different.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/base.proto#config-core-v3-node
 */
export interface XdsNode {
  /** Never empty. */
  readonly id: string;
  readonly cluster: string;
  readonly locality: XdsLocality;
  /** `metadata` as plain JSON values. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** `envoy`, `gRPC Go`, … */
  readonly userAgentName: string;
  readonly userAgentVersion: string;
  readonly clientFeatures: readonly string[];
}

/** The node of a stream without a first request. */
export const UNKNOWN_NODE: XdsNode = {
  id: '',
  cluster: '',
  locality: { region: '', zone: '', subZone: '' },
  metadata: {},
  userAgentName: '',
  userAgentVersion: '',
  clientFeatures: [],
};
