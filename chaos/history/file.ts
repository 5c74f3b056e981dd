/** Histories as files: one event a line, as JSON. */
import { createWriteStream, readFileSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Happening, HistoryEvent } from './events.js';

/** Records what happens, with the time. */
export class History {
  readonly #events: HistoryEvent[] = [];
  readonly #file: WriteStream | undefined;
  readonly #began = performance.now();

  /** @param path where each event is written as well, so that a run that is cut off leaves its history. */
  constructor(path?: string) {
    this.#file = path === undefined ? undefined : createWriteStream(path);
  }

  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  /** Milliseconds since the beginning. */
  now(): number {
    return this.timeOf(performance.now());
  }

  /** The same for a time of `performance.now()`. */
  timeOf(time: number): number {
    return Math.round((time - this.#began) * 10) / 10;
  }

  add(happening: Happening): void {
    const event = { at: this.now(), ...happening };
    this.#events.push(event);
    this.#file?.write(`${JSON.stringify(event)}\n`);
  }

  async close(): Promise<void> {
    if (this.#file === undefined) return;
    this.#file.end();
    await finished(this.#file);
  }
}

/** @throws SyntaxError with the line that is no event. */
export function readHistory(path: string): readonly HistoryEvent[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as HistoryEvent];
    } catch (cause) {
      throw new SyntaxError(`${path}:${index + 1}: no event: ${line.slice(0, 80)}`, { cause });
    }
  });
}
