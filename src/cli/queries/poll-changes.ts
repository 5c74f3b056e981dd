/**
 * `--watch`: polls items and reports what is new, changed or gone. The command prints them. Ends on SIGINT or SIGTERM.
 */
import { CliError, EXIT, type ExitCode } from '../output/cli-error.js';
import { colorsFor, type Terminal, write } from '../output/terminal.js';

export interface WatchSpec<Item> {
  readonly ask: () => Promise<readonly Item[]>;
  /** Identifies an item across answers. */
  readonly keyOf: (item: Item) => string;
  /** Called with the whole first answer, then with what was added or changed. `gone`: the last known versions. */
  readonly tell: (changed: readonly Item[], gone: readonly Item[]) => Promise<void>;
}

export interface WatchTiming {
  /** Minimum milliseconds between an answer and the next request. Default: 1 000. */
  readonly intervalMs?: number;
}

/** The pause is at least this multiple of the duration of an answer, so that the server is busy at most a tenth of the time. */
const PAUSE_PER_ANSWER = 9;

/**
 * If the server becomes unreachable after the first answer, waits for it and reports this on stderr.
 * @throws the first error of `ask`, and later any error other than an unreachable server.
 */
export async function pollChanges<Item>(
  terminal: Terminal,
  spec: WatchSpec<Item>,
  { intervalMs = 1_000 }: WatchTiming = {},
): Promise<ExitCode> {
  const ended = abortedBySignal(terminal);
  const differences = new Differences(spec.keyOf);
  let lost = false;
  for (let isFirst = true; !ended.aborted; isFirst = false) {
    const startedAt = performance.now();
    try {
      const items = await spec.ask();
      if (lost) await note(terminal, 'The control plane is back.');
      lost = false;
      const { changed, gone } = differences.since(items);
      if (isFirst || changed.length + gone.length > 0) await spec.tell(changed, gone);
    } catch (error) {
      if (isFirst || !(error instanceof CliError) || error.exitCode !== EXIT.unreachable) throw error;
      if (!lost) await note(terminal, `${error.message} Waiting for it.`);
      lost = true;
    }
    await pause(Math.max(intervalMs, (performance.now() - startedAt) * PAUSE_PER_ANSWER), ended);
  }
  return EXIT.fine;
}

/** Compares each answer with the previous one. */
class Differences<Item> {
  readonly #keyOf: (item: Item) => string;
  #known: ReadonlyMap<string, { readonly item: Item; readonly text: string }> = new Map();

  constructor(keyOf: (item: Item) => string) {
    this.#keyOf = keyOf;
  }

  since(items: readonly Item[]): { readonly changed: readonly Item[]; readonly gone: readonly Item[] } {
    const before = this.#known;
    const now = new Map(items.map((item) => [this.#keyOf(item), { item, text: JSON.stringify(item) }]));
    this.#known = now;
    const changed = [...now].filter(([key, { text }]) => before.get(key)?.text !== text).map(([, { item }]) => item);
    const gone = [...before].filter(([key]) => !now.has(key)).map(([, { item }]) => item);
    return { changed, gone };
  }
}

function abortedBySignal(terminal: Terminal): AbortSignal {
  const controller = new AbortController();
  terminal.onTermination(() => controller.abort());
  return controller.signal;
}

async function note({ stderr, env }: Terminal, text: string): Promise<void> {
  await write(stderr, `${colorsFor(stderr, env).yellow('warning:')} ${text}\n`);
}

function pause(milliseconds: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (ended.aborted) stop();
    else ended.addEventListener('abort', stop, { once: true });
  });
}
