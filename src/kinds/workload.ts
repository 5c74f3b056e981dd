import { plainStatus } from '../status/plain.js';
import type { Kind } from './kind.js';

/** Nothing depends on workloads: a client's labels come from its node. */
export const workload: Kind = {
  input: undefined,
  findings: () => [],
  status: plainStatus,
  isInMessages: false,
};
