/** The number of replicas for a fleet, by the limit that is reached first. A calculation from the measured costs. */
import type { Costs } from './costs.js';

export interface Fleet {
  readonly envoys: number;
  readonly services: number;
  /** The number of services that an Envoy sees. */
  readonly servicesPerEnvoy: number;
  /** Changes of endpoints per second, in the whole fleet. */
  readonly changesPerSecond: number;
}

export interface Machine {
  /** Resources of one replica, which has one thread. */
  readonly memoryGb: number;
  readonly gigabitsPerSecond: number;
}

/** The number of replicas by each limit alone. The largest one decides. Infinity if no number is enough. */
export interface Sizing {
  readonly memory: number;
  /** For continuous changes, with half of a core. */
  readonly changes: number;
  /** For a restart: all Envoys reconnect at once and must be up to date within the time. */
  readonly restart: number;
  readonly network: number;
  readonly replicas: number;
  /** Memory of one replica, in gigabytes. */
  readonly memoryGbEach: number;
}

/** The planned load of a core or a network link. */
const LOAD = 0.5;
/** Time until a fleet that lost its control plane is up to date again, in seconds. */
export const RESTART_SECONDS = 60;

export function sizeFor(costs: Costs, fleet: Fleet, machine: Machine): Sizing {
  const { envoys, services, servicesPerEnvoy, changesPerSecond } = fleet;
  // The probability that a change is sent to an Envoy.
  const heard = servicesPerEnvoy / services;
  const fixedGb = (costs.processMb + (services * costs.serviceKb) / 1024) / 1024;
  const streamsGb = (envoys * costs.streamKb) / 1024 / 1024;
  const room = LOAD * machine.memoryGb - fixedGb;
  const memory = room <= 0 ? Infinity : Math.ceil(streamsGb / room);
  // Every replica computes every change, and sends it to its share of the Envoys.
  const computing = (changesPerSecond * costs.changeMs) / 1000;
  const sending = (changesPerSecond * heard * envoys * costs.responseMs) / 1000;
  const changes = computing >= LOAD ? Infinity : Math.ceil(sending / (LOAD - computing));
  const coldSeconds = (2 * envoys * servicesPerEnvoy * costs.resourceMs) / 1000;
  const restart = Math.ceil(coldSeconds / RESTART_SECONDS);
  const coldBits = 8 * 2 * envoys * servicesPerEnvoy * costs.resourceBytes;
  const network = Math.ceil(coldBits / (LOAD * machine.gigabitsPerSecond * 1e9 * RESTART_SECONDS));
  const replicas = Math.max(2, memory, changes, restart, network);
  return { memory, changes, restart, network, replicas, memoryGbEach: fixedGb + streamsGb / replicas };
}
