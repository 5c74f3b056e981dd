/** The calculation for large fleets as tables. */
import { bytes, number, type TableText } from '../report/format.js';
import type { Costs } from './costs.js';
import { type Loss, simulate, withoutCoalescing } from './region-loss.js';
import { type Fleet, sizeFor } from './sizing.js';

export const FLEETS: readonly Fleet[] = [
  { envoys: 100_000, services: 50_000, servicesPerEnvoy: 500, changesPerSecond: 100 },
  { envoys: 100_000, services: 50_000, servicesPerEnvoy: 5_000, changesPerSecond: 100 },
  { envoys: 100_000, services: 50_000, servicesPerEnvoy: 50_000, changesPerSecond: 10 },
];
export const REPLICA = { memoryGb: 16, gigabitsPerSecond: 10 } as const;

export function sizingTable(costs: Costs): TableText {
  const rows = FLEETS.map((fleet) => {
    const { memory, changes, restart, network, replicas, memoryGbEach } = sizeFor(costs, fleet, REPLICA);
    const what = `an Envoy sees ${number(fleet.servicesPerEnvoy)}, ${fleet.changesPerSecond} changes/s`;
    return [what, ...[memory, changes, restart, network, replicas].map(count), number(memoryGbEach)];
  });
  return {
    head: [
      '100 000 Envoys, 50 000 services',
      'by memory',
      'by changes',
      'by a restart of all',
      'by network',
      'replicas',
      'GB each',
    ],
    rows,
  };
}

function count(value: number): string {
  return Number.isFinite(value) ? number(value) : 'impossible';
}

/** The loss of a region with a fifth of the endpoints. The replicas share the Envoys. */
export function lossTable(costs: Costs): TableText {
  const rows = FLEETS.flatMap((fleet) => {
    const { replicas } = sizeFor(costs, fleet, REPLICA);
    if (!Number.isFinite(replicas)) return [];
    return [10, 60].map((noticedWithin) => lossRow(costs, fleet, replicas, noticedWithin));
  });
  return {
    head: [
      'a region with 2 endpoints of every 5th service is lost',
      'responses per replica',
      'bytes',
      'converged after, s',
      'one response per change: responses',
      'bytes',
      'converged after, s',
    ],
    rows,
  };
}

function lossRow(costs: Costs, fleet: Fleet, replicas: number, noticedWithin: number): readonly string[] {
  const loss: Loss = {
    services: fleet.services / 5,
    endpointsEach: 2,
    noticedWithin,
    burst: 20,
    envoys: Math.ceil(fleet.envoys / replicas),
    share: fleet.servicesPerEnvoy / fleet.services,
  };
  const [together, alone] = [simulate(costs, loss), withoutCoalescing(costs, loss)];
  const what = `an Envoy sees ${number(fleet.servicesPerEnvoy)}, noticed within ${noticedWithin} s, ${number(replicas)} replicas`;
  return [
    what,
    number(together.responses),
    bytes(together.bytes),
    number(together.seconds),
    number(alone.responses),
    bytes(alone.bytes),
    number(alone.seconds),
  ];
}
