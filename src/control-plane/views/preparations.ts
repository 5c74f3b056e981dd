/**
 * Computes in short turns what clients with a new view are about to need. Their requests wait meanwhile; the streams of others go on. Without it,
 * the first client of a view has thousands of rows computed in one turn of the event loop.
 */
import { setImmediate } from 'node:timers/promises';
import type { EncodedMessage } from '../../envoy/rows/encoded-message.js';
import type { Observation } from '../../graph/index.js';
import { runInTurns } from '../../turns/run-in-turns.js';
import { typeUrls } from './resource-types.js';
import { type Keeper, type UpcomingSources, type ViewOf, upcomingRows } from './upcoming-rows.js';

/** With fewer destinations and failover destinations, computing them takes no longer than a turn. */
const MIN_DESTINATIONS = 200;
/** The rows are kept for so long, in milliseconds; until then their clients have subscribed to them. */
const KEPT_MS = 10_000;

/** The types that are prepared, with those that follow from them. */
const PREPARED: ReadonlyMap<string, readonly string[]> = new Map([
  [typeUrls.cluster, [typeUrls.cluster, typeUrls.endpoint]],
  [typeUrls.listener, [typeUrls.listener, typeUrls.route]],
]);

interface Prepared {
  readonly ended: Promise<void>;
  done: boolean;
}

export class Preparations {
  readonly #sources: UpcomingSources;
  readonly #encode: (typeUrl: string, row: EncodedMessage) => void;
  /** By type and views: those that wait, run, or have ended a short time ago. */
  readonly #known = new Map<string, Prepared>();
  /** The end of the last one: they run one after the other, so that a turn is as short with many views as with one. */
  #last: Promise<void> = Promise.resolve();

  /** `encode` makes the resource of a row, which takes time too. */
  constructor(sources: UpcomingSources, encode: (typeUrl: string, row: EncodedMessage) => void) {
    this.#sources = sources;
    this.#encode = encode;
  }

  /** Whether clients with a new view of this type may have to wait. Costs nothing. */
  prepares(typeUrl: string): boolean {
    const { graph, model } = this.#sources;
    if (!PREPARED.has(typeUrl)) return false;
    return graph.cells(model.destinations.destinations) + graph.cells(model.failovers.failovers) >= MIN_DESTINATIONS;
  }

  /** Resolves when the rows for a client with these views are there; `undefined` if they are. */
  prepare(viewOf: ViewOf, typeUrl: string): Promise<void> | undefined {
    const views = PREPARED.get(typeUrl) ?? [];
    const key = JSON.stringify([typeUrl, ...views.map(viewOf)]);
    const known = this.#known.get(key);
    if (known !== undefined) return known.done ? undefined : known.ended;
    const steps = upcomingRows(this.#sources, viewOf, typeUrl);
    if (steps === undefined) return undefined;
    const prepared: Prepared = { ended: this.#run(key, steps), done: false };
    this.#known.set(key, prepared);
    return prepared.ended;
  }

  async #run(key: string, steps: (keep: Keeper) => Generator<void, void>): Promise<void> {
    const before = this.#last;
    const kept: Observation<unknown>[] = [];
    const running = before.then(async () => {
      await setImmediate();
      await runInTurns(steps(this.#keeping(kept)));
    });
    // An error is that of this one only.
    this.#last = running.catch(() => undefined);
    try {
      await running;
    } finally {
      this.#ended(key, kept);
    }
  }

  #keeping(kept: Observation<unknown>[]): Keeper {
    const { graph } = this.#sources;
    const row: Keeper['row'] = (ref) => {
      const observation = graph.observe(ref.table, ref.key, () => undefined);
      kept.push(observation);
      return observation.row;
    };
    return {
      row,
      resource: (typeUrl, ref) => {
        const message = row(ref);
        if (message !== undefined) this.#encode(typeUrl, message);
        return message;
      },
    };
  }

  #ended(key: string, kept: readonly Observation<unknown>[]): void {
    const prepared = this.#known.get(key);
    if (prepared !== undefined) prepared.done = true;
    setTimeout(() => {
      this.#known.delete(key);
      void runInTurns(closing(kept));
    }, KEPT_MS).unref();
  }
}

/** Rows that no client has subscribed to are forgotten, which takes time too. */
function* closing(kept: readonly Observation<unknown>[]): Generator<void, void> {
  for (const observation of kept) {
    observation.close();
    yield;
  }
}
