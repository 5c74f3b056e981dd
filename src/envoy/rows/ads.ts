/** Where Envoy is told to get what a message refers to: from the stream that the message came by. */
import type { ConfigSource } from '../../generated/envoy.js';

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/config_source.proto */
export const ads: ConfigSource = { ads: {}, resourceApiVersion: 'V3' };
