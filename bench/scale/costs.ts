/** What the measurement says that things cost, as far as the calculation for large fleets needs it. */
import type { FigureName, Figures } from '../figures.js';
import { goalSizes } from '../plan.js';
import { figureOf } from '../report/lookup.js';

export interface Costs {
  /** Milliseconds on a core to compute a change, whoever gets it. */
  readonly changeMs: number;
  /** Milliseconds on a core for a response that holds one resource, to one client, with its ACK. */
  readonly responseMs: number;
  /** Milliseconds on a core for each further resource of a response. */
  readonly resourceMs: number;
  /** Bytes of a load assignment in a response, and of the response without it. */
  readonly resourceBytes: number;
  readonly responseBytes: number;
  /** Memory of a stream, and of a service in one view, in kilobytes. */
  readonly streamKb: number;
  readonly serviceKb: number;
  /** Memory of an empty process, in megabytes. */
  readonly processMb: number;
}

/** Undefined where the results lack what is needed. */
export function costsOf(figures: Figures): Costs | undefined {
  const { small, goal, grown } = goalSizes(figures.extent);
  const of = (size: typeof goal, figure: FigureName, contender: 'serve' | 'library' = 'serve'): number | undefined =>
    figureOf(figures, { ...size, contender, mode: 'delta' }, figure);
  const [serveMs, libraryMs, changeBytes] = [
    of(goal, 'serverCpuMs'),
    of(goal, 'serverCpuMs', 'library'),
    of(goal, 'changeBytes'),
  ];
  const [coldSeconds, coldBytes] = [of(goal, 'coldCpuSeconds'), of(goal, 'coldBytes')];
  const [smallMb, grownMb] = [of(small, 'startupMb'), of(grown, 'startupMb')];
  const idle = figures.idle.find(({ contender, failure }) => contender === 'serve' && failure === '');
  if (!serveMs || !libraryMs || !changeBytes || !coldSeconds || !coldBytes || !smallMb || !grownMb || !idle)
    return undefined;
  // Under load much is done once for many changes; all CPU for one, sending included, bounds what computing it takes.
  const [share, made] = [of(goal, 'churnServerShare'), of(goal, 'madePerSecond')];
  const churnMs = share !== undefined && made !== undefined && made > 0 ? (1000 * share) / made : undefined;
  // A cold start is two responses of one resource each per service; what is sent at once is cheaper than what is sent alone.
  const resources = 2 * goal.services * goal.clients;
  const resourceBytes = coldBytes / resources;
  return {
    changeMs: Math.max(0.1, Math.min(serveMs - libraryMs, churnMs ?? Infinity)),
    responseMs: libraryMs / goal.clients,
    resourceMs: (1000 * coldSeconds) / resources,
    resourceBytes,
    responseBytes: Math.max(0, changeBytes / goal.clients - resourceBytes),
    streamKb: idle.kilobytesPerStream,
    serviceKb: (1024 * (grownMb - smallMb)) / (grown.services - small.services),
    processMb: smallMb,
  };
}
