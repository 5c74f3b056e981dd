/** The config source of resources that a message refers to: the stream that the message came from. */
import type { ConfigSource } from '../../generated/envoy.js';

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/config_source.proto */
export const ads: ConfigSource = { ads: {}, resourceApiVersion: 'V3' };
