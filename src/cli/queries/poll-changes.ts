/**
 * `--watch`: asks again and again, and tells what is new, changed or gone since. How it is told is the command's. Ends with SIGINT or SIGTERM.
 */
import { CliError, EXIT, type ExitCode } from '../output/cli-error.js';
import { colorsFor, type Terminal, write } from '../output/terminal.js';

export interface WatchSpec<Item> {
  readonly ask: () => Promise<readonly Item[]>;
  /** What is the same item in another answer. */
  readonly keyOf: (item: Item) => string;
  /** The first answer as a whole, and then what was added or changed; `gone` in the form they were seen last. */
  readonly tell: (changed: readonly Item[], gone: readonly Item[]) => Promise<void>;
}

export interface WatchTiming {
  /** Milliseconds between an answer and the next question, at least. Default 1 000. */
  readonly intervalMs?: number;
}

/** An answer that takes long to make is asked for less often: the server is busy a tenth of the time at most. */
const PAUSE_PER_ANSWER = 9;

/**
 * The first answer must come. A server that goes away later is waited for; both are told on stderr.
 * @throws what `ask` throws first, and later what is not a server that cannot be reached.
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

/** What was answered last. */
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
