/** Explains in sentences what the figures of `lifeboat serve` consist of. */
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
    `A change, ${MODE_TITLES[mode]}: ${number(last)} ms from the file to the last client. The first client has it after ${number(first)} ms. The library alone needs ${number(libraryFirst)} ms for this, so detecting the change ` +
      `(the watcher waits 10 ms for further changes), reading the file and computing the result take ${number(Math.max(0, first - libraryFirst))} ms. Sending takes the other ${number(last - first)} ms (${number(libraryLast - libraryFirst)} ms with the library` +
      `${floor === undefined ? '' : `, ${number(floor.lastMs)} ms with plain sockets`}). The server uses ${number(cpu)} ms of CPU, the client ${number(client)} ms (${number(100 * (ratio(client, last) ?? 0))} % of the time).`,
  ];
}

/** With more processes on the same cores. */
function processesBound({ processes }: Figures): readonly string[] {
  const [one, two] = [1, 2].map((count) => processes.find((found) => found.processes === count));
  if (one === undefined || two === undefined) return [];
  const busier = two.serverCpuMs / 2;
  return [
    `More processes: with one server process a change takes ${number(one.lastMs)} ms to the last client and ${number(one.serverCpuMs)} ms of CPU. With two processes that serve half of the clients each, the second on the core of the client, it takes ${number(two.lastMs)} ms and ` +
      `${number(two.serverCpuMs)} ms. Without the client, which uses ${number(one.clientCpuMs)} ms, each of the two processes would be busy for ${number(busier)} ms, ${number(one.serverCpuMs / Math.max(busier, 0.01))} times less than the single one. ` +
      'A second process is therefore useful if there is a third core, because one server and its clients already use two.',
  ];
}
