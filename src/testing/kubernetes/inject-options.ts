/** Options of an injection, for tests, with a short bootstrap. */
import type { InjectOptions } from '../../kubernetes/inject/options.js';

export function injectOptions(overrides: Partial<InjectOptions> = {}): InjectOptions {
  return {
    image: 'envoy:1',
    cluster: 'east',
    bootstrap: ({ nodeId, locality, metadata }) => ({ node: { id: nodeId, locality, metadata } }),
    admin: { host: '127.0.0.1', port: 9901 },
    readyPort: 15021,
    cpu: '50m',
    memory: '256Mi',
    hostAliases: [{ hostname: 'reviews.global', address: '127.0.0.1' }],
    ...overrides,
  };
}
