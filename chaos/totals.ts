/** What happened in all runs together. */
import type { HistoryEvent } from './history/events.js';

export class Totals {
  #runs = 0;
  #violations = 0;
  #errors = 0;
  readonly #counts = new Map<string, number>();

  /** Whether all runs ended, without a violation. */
  get succeeded(): boolean {
    return this.#violations + this.#errors === 0;
  }

  /** @param failed whether the run ended with an error. */
  add(history: readonly HistoryEvent[], violations: number, failed: boolean): void {
    this.#runs += 1;
    this.#violations += violations;
    if (failed) this.#errors += 1;
    for (const event of history) {
      this.#count(event.kind, 1);
      if (event.kind === 'request' && event.error !== undefined) this.#count('nack', 1);
      if (event.kind === 'memory') this.#count(`memory ${event.when}`, event.bytes);
      if (event.kind === 'end') for (const requests of Object.values(event.requests)) this.#count('requests', requests);
    }
  }

  toString(): string {
    const count = (name: string): number => this.#counts.get(name) ?? 0;
    const megabytes = (when: string): string => (count(`memory ${when}`) / this.#runs / 1e6).toFixed(0);
    return [
      `${this.#runs} runs, ${this.#violations} violations, ${this.#errors} ended with an error`,
      `${count('operation')} operations and faults, ${count('requests')} requests, ${count('failure')} failed`,
      `${count('stream')} streams opened, ${count('stream-end')} ended, ${count('response')} responses, ${count('nack')} rejected`,
      `memory of the control plane: ${megabytes('before')} MB before, ${megabytes('after')} MB after, on average`,
    ].join('\n');
  }

  #count(name: string, by: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }
}
