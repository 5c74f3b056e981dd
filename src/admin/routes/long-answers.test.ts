import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Hono } from 'hono';
import { LongAnswers } from './long-answers.js';

/** An application whose only path answers with the result of the steps. */
function appOf(steps: () => Generator<void, object>): Hono {
  const answers = new LongAnswers();
  const app = new Hono();
  app.get('/', (context) => answers.json(context, steps));
  return app;
}

describe('long answers', () => {
  /** The steps of the test about many requests go on until it is set: also if the test fails. */
  let isOpen = false;
  afterEach(() => {
    isOpen = true;
  });

  it('are the JSON of their result', async () => {
    const result = { items: [{ a: 1 }, 'b', null], name: 'x', empty: [], absent: undefined, nested: { c: [1] } };
    const app = appOf(function* () {
      yield;
      return result;
    });
    const response = await app.request('/');
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.equal(await response.text(), JSON.stringify(result));
  });

  it('are written in steps within items that have long lists', async () => {
    const result = {
      items: [{ name: 'a', hosts: Array.from({ length: 1_000 }, (_, index) => ({ index })), absent: undefined }],
    };
    const app = appOf(function* () {
      yield;
      return result;
    });
    const stringify = mock.method(JSON, 'stringify');
    let text: string;
    try {
      text = await (await app.request('/')).text();
    } finally {
      stringify.mock.restore();
    }
    assert.equal(text, JSON.stringify(result));
    assert.ok(stringify.mock.callCount() > 1_000, String(stringify.mock.callCount()));
  });

  it('let other work run between their steps', async () => {
    let [hasRun, steps] = [false, 0];
    setImmediate(() => (hasRun = true));
    const app = appOf(function* () {
      // Without a turn for the other work this does not end.
      for (; !hasRun && steps < 1e9; steps += 1) yield;
      return { hasRun };
    });
    assert.deepEqual(await (await app.request('/')).json(), { hasRun: true });
  });

  it('are computed two at a time, and all of them in the end', async () => {
    let [running, most] = [0, 0];
    const app = appOf(function* () {
      running += 1;
      most = Math.max(most, running);
      const turns = { left: 3 };
      const count = (): void => {
        turns.left -= 1;
        if (turns.left > 0) setImmediate(count);
      };
      setImmediate(count);
      while (turns.left > 0) yield;
      running -= 1;
      return {};
    });
    const responses = await Promise.all(Array.from({ length: 22 }, async () => app.request('/')));
    assert.ok(responses.every(({ status }) => status === 200));
    assert.equal(most, 2);
  });

  it('are refused with 503 if many requests wait, and work again after that', async () => {
    isOpen = false;
    const app = appOf(function* () {
      while (!isOpen) yield;
      return {};
    });
    const waiting = Array.from({ length: 22 }, async () => app.request('/'));
    const refused = await app.request('/');
    assert.equal(refused.status, 503);
    isOpen = true;
    assert.ok((await Promise.all(waiting)).every(({ status }) => status === 200));
    assert.equal((await app.request('/')).status, 200);
  });

  it('that fail leave their place to others', async () => {
    let fails = true;
    const app = appOf(function* () {
      yield;
      if (fails) throw new Error('a mistake');
      return {};
    });
    app.onError((_error, context) => context.text('', 500));
    for (let count = 0; count < 5; count += 1) assert.equal((await app.request('/')).status, 500);
    fails = false;
    assert.equal((await app.request('/')).status, 200);
  });
});
