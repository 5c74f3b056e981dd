/** Says in sentences what the figures of `lifeboat serve` consist of. */
import { goalSizes } from '../plan.js';
import type { FigureName, Figures } from '../figures.js';
import { number, ratio } from './format.js';
import { MODE_TITLES, MODES } from './goals.js';
import { figureOf } from './lookup.js';

export function boundsOf(figures: Figures): readonly string[] {
  return [...MODES.flatMap((mode) => changeBound(figures, mode)), ...processesBound(figures)];
}

function changeBound(figures: Figures, mode: (typeof MODES)[number]): readonly string[] {
  const { goal } = goalSizes(figures.extent);
  const of = (contender: 'serve' | 'library', figure: FigureName): number | undefined =>
    figureOf(figures, { ...goal, contender, mode }, figure);
  const [first, last, cpu, client] = [
    of('serve', 'firstMs'),
    of('serve', 'lastMs'),
    of('serve', 'serverCpuMs'),
    of('serve', 'clientCpuMs'),
  ];
  const [libraryFirst, libraryLast] = [of('library', 'firstMs'), of('library', 'lastMs')];
  const floor = figures.floors.find(
    (found) => found.of === 'change' && found.services === goal.services && found.clients === goal.clients,
  );
  if (first === undefined || last === undefined || libraryFirst === undefined || libraryLast === undefined) return [];
  return [
    `A change, ${MODE_TITLES[mode]}: ${number(last)} ms from the file to the last client. Of these, ${number(first)} ms pass before the first client has it; the library alone needs ${number(libraryFirst)} ms, so that watching the file ` +
      `(it waits 10 ms for a burst to end), reading it and computing what follows cost ${number(Math.max(0, first - libraryFirst))} ms. The other ${number(last - first)} ms are sending (${number(libraryLast - libraryFirst)} ms by the library)` +
      `${floor === undefined ? '' : `, where plain sockets need ${number(floor.lastMs)} ms`}. The server is busy for ${number(cpu)} ms, the client for ${number(client)} ms (${number(100 * (ratio(client, last) ?? 0))} % of the time).`,
  ];
}

/** More processes on the same cores. */
function processesBound({ processes }: Figures): readonly string[] {
  const [one, two] = [1, 2].map((count) => processes.find((found) => found.processes === count));
  if (one === undefined || two === undefined) return [];
  const busier = two.serverCpuMs / 2;
  return [
    `More processes: with one server process a change takes ${number(one.lastMs)} ms to the last client and ${number(one.serverCpuMs)} ms of CPU; with two that have half of the clients each, the second on the client’s core, ${number(two.lastMs)} ms and ` +
      `${number(two.serverCpuMs)} ms. With the client (${number(one.clientCpuMs)} ms) counted out, each of two would be busy for ${number(busier)} ms, ${number(one.serverCpuMs / Math.max(busier, 0.01))} times less than the one: ` +
      'a second process pays where there is a third core, and two cores are spent by one server and those who load it.',
  ];
}
