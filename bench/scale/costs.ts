/** The measured costs that the calculation for large fleets needs. */
import type { FigureName, Figures } from '../figures.js';
import { goalSizes } from '../plan.js';
import { figureOf } from '../report/lookup.js';

export interface Costs {
  /** CPU time to compute a change, for all clients together, in milliseconds. */
  readonly changeMs: number;
  /** CPU time of a response with one resource to one client, including its ACK, in milliseconds. */
  readonly responseMs: number;
  /** CPU time of each further resource in a response, in milliseconds. */
  readonly resourceMs: number;
  /** Size of a load assignment in a response, and of the response without it, in bytes. */
  readonly resourceBytes: number;
  readonly responseBytes: number;
  /** Memory of a stream, and of a service in one view, in kilobytes. */
  readonly streamKb: number;
  readonly serviceKb: number;
  /** Memory of an empty process, in megabytes. */
  readonly processMb: number;
}

/** `undefined` if the results lack a necessary figure. */
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
  // Under load, much work is done once for many changes. The whole CPU time of one change, including sending, is an upper bound.
  const [share, made] = [of(goal, 'churnServerShare'), of(goal, 'madePerSecond')];
  const churnMs = share !== undefined && made !== undefined && made > 0 ? (1000 * share) / made : undefined;
  // A cold start sends two responses with one resource for each service. Resources that are sent together cost less.
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
