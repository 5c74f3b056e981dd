/** Who a client says it is: the parts of Envoy's `Node` that a provider may look at. Knows no wire format. */

/** Where a node is; empty strings for what it does not say. */
export interface XdsLocality {
  readonly region: string;
  readonly zone: string;
  readonly subZone: string;
}

/**
 * The node of a stream's first request. Texts except those in `metadata` have at most 256 bytes and no control characters: what is longer is
 * cut, and what changes by that ends with a hash of the whole, so that different nodes stay different. It holds for the whole stream.
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

/** A client that has not said who it is. */
export const UNKNOWN_NODE: XdsNode = {
  id: '',
  cluster: '',
  locality: { region: '', zone: '', subZone: '' },
  metadata: {},
  userAgentName: '',
  userAgentVersion: '',
  clientFeatures: [],
};
