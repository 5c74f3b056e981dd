/** A reflector with a collection that fails in every way an API server can fail. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { ApiError } from '../../api-server/client/api-error.js';
import type { KubeCollection, KubeObject, ListPage, WatchEvent } from './api.js';
import { Reflector, type ReflectorOptions } from './reflector.js';

function object(name: string, resourceVersion = '1'): KubeObject {
  return { metadata: { name, resourceVersion } };
}

/** What a collection answers: to lists in their order, then to watches. */
type Answer = ListPage | Error | readonly WatchEvent[] | 'silence';

/** A collection that answers each question with the next answer. The last question stays open. */
class Script implements KubeCollection {
  readonly asked: string[] = [];
  readonly #answers: Answer[];
  readonly #finished = new EventTarget();

  constructor(...answers: readonly Answer[]) {
    this.#answers = [...answers];
  }

  async list({ after = '' }: { readonly after?: string }, signal: AbortSignal): Promise<ListPage> {
    this.asked.push(`list ${after}`.trim());
    const answer = await this.#next(signal);
    assert.ok(typeof answer === 'object' && 'items' in answer, 'a watch was expected');
    return answer;
  }

  async watch(
    { resourceVersion }: { readonly resourceVersion: string },
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.asked.push(`watch ${resourceVersion}`);
    const answer = await this.#next(signal);
    assert.ok(Array.isArray(answer), 'a list was expected');
    for (const event of answer as readonly WatchEvent[]) onEvent(event);
  }

  async #next(signal: AbortSignal): Promise<ListPage | readonly WatchEvent[]> {
    const answer = this.#answers.shift();
    if (answer === undefined) this.#finished.dispatchEvent(new Event('finished'));
    if (answer instanceof Error) throw answer;
    if (answer !== undefined && answer !== 'silence') return answer;
    if (!signal.aborted) await once(signal, 'abort');
    throw signal.reason;
  }

  /** Resolves when all answers were given and one more question was asked. */
  finished(): Promise<unknown> {
    return once(this.#finished, 'finished');
  }
}

interface Told {
  readonly told: readonly string[];
  readonly waits: readonly number[];
}

/** Runs a reflector until the script is over. */
async function follow(script: Script, options: Partial<ReflectorOptions> = {}): Promise<Told> {
  const told: string[] = [];
  const waits: number[] = [];
  const names = (objects: readonly KubeObject[]): string => objects.map(({ metadata }) => metadata.name).join(' ');
  const reflector = new Reflector(script, {
    onList: (objects) => void told.push(`all ${names(objects)}`.trim()),
    onChange: (changed) => told.push(`+${names([changed])}`),
    onDelete: (deleted) => told.push(`-${names([deleted])}`),
    onProblem: (problem) => told.push(problem === undefined ? 'fine' : `problem ${problem.message}`),
    wait: (ms) => Promise.resolve(waits.push(ms)),
    random: () => 1,
    ...options,
  });
  const finished = script.finished();
  const running = reflector.run();
  await finished;
  reflector.close();
  await running;
  return { told, waits };
}

const LIST: ListPage = { resourceVersion: '10', items: [object('a'), object('b')] };

describe('promise 22: a reflector', () => {
  it('lists page by page, then watches from the version of the list, and again from the last event', async () => {
    const script = new Script(
      { resourceVersion: '10', items: [object('a')], next: 'x' },
      { resourceVersion: '10', items: [object('b')] },
      [
        { type: 'ADDED', object: object('c', '11') },
        { type: 'MODIFIED', object: object('a', '12') },
        { type: 'DELETED', object: object('b', '13') },
        { type: 'BOOKMARK', object: { metadata: { resourceVersion: '20' } } },
      ],
    );
    const { told, waits } = await follow(script);
    assert.deepEqual(told, ['all a b', '+c', '+a', '-b']);
    assert.deepEqual(script.asked, ['list', 'list x', 'watch 10', 'watch 20']);
    assert.deepEqual(waits, []);
  });

  it('goes on from the last event after an outage, and deletes nothing meanwhile', async () => {
    const script = new Script(
      LIST,
      [{ type: 'ADDED', object: object('c', '11') }],
      new Error('refused'),
      new ApiError(503, 'unavailable'),
      [{ type: 'DELETED', object: object('a', '12') }],
    );
    const { told, waits } = await follow(script);
    assert.deepEqual(told, ['all a b', '+c', 'problem refused', 'problem unavailable', 'fine', '-a']);
    assert.deepEqual(script.asked, ['list', 'watch 10', 'watch 11', 'watch 11', 'watch 11', 'watch 12']);
    assert.deepEqual(waits, [250, 500]);
  });

  it('lists again when its version is too old', async () => {
    const tooOld: WatchEvent = { type: 'ERROR', object: { code: 410, message: 'too old resource version' } };
    const script = new Script(LIST, [tooOld], { resourceVersion: '30', items: [object('b')] });
    const { told } = await follow(script);
    assert.deepEqual(told, ['all a b', 'all b']);
    assert.deepEqual(script.asked, ['list', 'watch 10', 'list', 'watch 30']);
  });

  it('begins a list anew if the server forgets it between two pages', async () => {
    const first: ListPage = { resourceVersion: '10', items: [object('a')], next: 'x' };
    const script = new Script(first, new ApiError(410, 'expired'), LIST);
    const { told } = await follow(script);
    assert.deepEqual(told, ['all a b']);
    assert.deepEqual(script.asked, ['list', 'list x', 'list', 'watch 10']);
  });

  it('waits as long as the server asks for, and longer each time up to 30 s', async () => {
    const errors = Array.from({ length: 9 }, () => new Error('refused'));
    const { waits } = await follow(new Script(new ApiError(429, 'slow down', 7_000), ...errors, LIST));
    assert.deepEqual(waits, [7_000, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('waits if a watch ends at once without an event', async () => {
    const { told, waits } = await follow(new Script(LIST, [], [], [{ type: 'ADDED', object: object('c', '11') }], []));
    assert.deepEqual(told, ['all a b', '+c']);
    assert.deepEqual(waits, [250, 500, 250]);
  });

  it('gives a server up that says nothing, and asks it again', async () => {
    const { told } = await follow(new Script('silence', LIST), { patienceMs: 20 });
    assert.deepEqual(told, ['problem no answer for 0 s', 'all a b', 'fine']);
  });
});

describe('the waits of a reflector', () => {
  it('are at least half of their limit', async () => {
    const { waits } = await follow(new Script(new Error('a'), new Error('b'), LIST), { random: () => 0 });
    assert.deepEqual(waits, [125, 250]);
  });
});
