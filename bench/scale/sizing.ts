/** How many replicas a fleet needs, by what runs out first. A calculation: it is as good as the measured costs. */
import type { Costs } from './costs.js';

export interface Fleet {
  readonly envoys: number;
  readonly services: number;
  /** How many of the services an Envoy sees. */
  readonly servicesPerEnvoy: number;
  /** Changes of endpoints per second in the whole fleet. */
  readonly changesPerSecond: number;
}

export interface Machine {
  /** Of one replica: it has one thread. */
  readonly memoryGb: number;
  readonly gigabitsPerSecond: number;
}

/** Replicas by each limit alone; the largest decides. Infinity where no number of replicas is enough. */
export interface Sizing {
  readonly memory: number;
  /** Changes as they come, at half of a core. */
  readonly changes: number;
  /** All Envoys come back at once and have everything within the time. */
  readonly restart: number;
  readonly network: number;
  readonly replicas: number;
  /** Of one replica, in gigabytes. */
  readonly memoryGbEach: number;
}

/** Share of a core or a link that is planned with. */
const LOAD = 0.5;
/** Seconds in which a fleet that lost its control plane has everything again. */
export const RESTART_SECONDS = 60;

export function sizeFor(costs: Costs, fleet: Fleet, machine: Machine): Sizing {
  const { envoys, services, servicesPerEnvoy, changesPerSecond } = fleet;
  // An Envoy hears of a change with this likelihood.
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
