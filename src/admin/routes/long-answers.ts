/** Answers that take long: computed in short turns, so that streams do not wait for them, and few at the same time. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { runInTurns } from '../../turns/run-in-turns.js';

/** Answers that are computed at the same time. Further requests wait. */
const MAX_ANSWERS = 2;
/** Requests that wait. Further ones get 503. */
const MAX_WAITING = 20;

export class LongAnswers {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /**
   * Answers with the result of `steps` as JSON.
   * @throws what `steps` throws; HTTPException (503) if too many requests wait
   */
  async json(context: Context, steps: () => Generator<void, object>): Promise<Response> {
    await this.#enter();
    try {
      const { aborted } = context.req.raw.signal;
      // Nothing is computed for a client that has gone while it waited.
      const body = aborted ? '' : await runInTurns(jsonSteps(steps()));
      return context.body(body, 200, { 'Content-Type': 'application/json' });
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < MAX_ANSWERS) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length === MAX_WAITING) throw new HTTPException(503, { message: BUSY });
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The request that waits longest takes the place of the answer. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}

const BUSY = `More than ${MAX_ANSWERS + MAX_WAITING} long answers were requested at the same time. Try again later.`;

/** Items with longer lists are written in steps as well: a route configuration may have thousands of virtual hosts. */
const LONG_LIST = 100;

/** The result as JSON, with a step for each item of the lists in it. */
function* jsonSteps(steps: Generator<void, object>): Generator<void, string> {
  return yield* jsonObject(yield* steps);
}

function* jsonObject(value: object): Generator<void, string> {
  const properties: string[] = [];
  for (const [name, property] of Object.entries(value)) {
    if (property === undefined) continue;
    const text = Array.isArray(property) ? yield* jsonList(property) : JSON.stringify(property);
    properties.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${properties.join(',')}}`;
}

function* jsonList(items: readonly unknown[]): Generator<void, string> {
  const texts: string[] = [];
  for (const item of items) {
    texts.push(hasLongList(item) ? yield* jsonObject(item) : JSON.stringify(item));
    yield;
  }
  return `[${texts.join(',')}]`;
}

function hasLongList(item: unknown): item is object {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return false;
  return Object.values(item).some((value) => Array.isArray(value) && value.length > LONG_LIST);
}
