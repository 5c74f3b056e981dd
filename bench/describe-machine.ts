/** Describes the machine of the measurement. */
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Peer } from './contenders/peer.js';
import type { Pinning } from './machine/child.js';
import type { Machine } from './results.js';

export function describeMachine(pinning: Pinning, peer: Peer): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: totalmem() / 2 ** 30,
    system: `${type()} ${release()}`,
    node: process.version,
    go: 'version' in peer ? peer.version : '',
    peerMissing: 'missing' in peer ? peer.missing : '',
    pinned: pinning.server !== undefined,
    loadAverage: loadavg()[0] ?? 0,
  };
}
