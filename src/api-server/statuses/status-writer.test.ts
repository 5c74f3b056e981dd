/** Which statuses are written, in which order, and what becomes of those that cannot be. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { ObjectRequest, ObjectWriter } from '../client/api-connection.js';
import { ApiError, CONFLICT, OBJECT_NOT_FOUND } from '../client/api-error.js';
import { EventRecorder } from './event-recorder.js';
import type { StatusOnServer } from './on-server.js';
import { StatusWriter } from './status-writer.js';
import type { ReportedCondition, ReportedStatus } from './wanted-status.js';

const ACCEPTED: ReportedCondition = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'It is valid.' };

function report(file: string, state: string, conditions: readonly ReportedCondition[] = [ACCEPTED]): ReportedStatus {
  return { file, status: { state }, conditions };
}

describe('promise 33: statuses are written', () => {
  const objects = new Map<string, StatusOnServer>();
  let requests: ObjectRequest[] = [];
  let problems: string[] = [];
  let answer: (request: ObjectRequest) => unknown;
  let remaining = 10_000;
  let writer: StatusWriter;

  beforeEach(() => {
    objects.clear();
    for (const name of ['a', 'b']) objects.set(name, object(name));
    [requests, problems, remaining] = [[], [], 10_000];
    // The server keeps what it gets, and its watch tells of it.
    answer = ({ path, body }) => {
      const { status } = body as { readonly status?: unknown };
      const file = /(\w+)\/status\?/.exec(path)?.[1] ?? '';
      if (status !== undefined) objects.set(file, { ...object(file), status: JSON.stringify(status) });
      return { status };
    };
    const connection: ObjectWriter = {
      send: async (request: ObjectRequest) => {
        requests.push(request);
        return answer(request);
      },
    };
    writer = new StatusWriter({
      ...{ connection, events: new EventRecorder(connection, 'test'), onServer: () => objects },
      ...{ remainingMs: () => remaining, writesPerSecond: 1_000_000 },
      onProblem: ({ message }, { name }) => problems.push(`${name}: ${message}`),
      onWritten: () => undefined,
    });
  });

  afterEach(() => writer.close());

  function object(name: string): StatusOnServer {
    const kind = { apiVersion: 'example.org/v1', kind: 'Example', plural: 'examples' };
    return { ...kind, namespace: 'ns', name, uid: `uid-${name}`, status: '' };
  }

  /** The paths of the requests, without their query. */
  async function paths(): Promise<readonly string[]> {
    while (writer.isBusy) await turn();
    return requests.map(({ path }) => path.replace(/\?.*/, '').replace('/apis/example.org/v1/namespaces/ns/', ''));
  }

  const EVENTS = '/api/v1/namespaces/ns/events';

  it('by server-side apply, each followed by an event about its new state', async () => {
    writer.take([report('a', 'ACCEPTED'), report('b', 'PENDING')]);
    assert.deepEqual(await paths(), ['examples/a/status', EVENTS, 'examples/b/status']);
    const [{ method, contentType, path, body }] = requests as [ObjectRequest, ...ObjectRequest[]];
    assert.deepEqual([method, contentType], ['PATCH', 'application/apply-patch+yaml']);
    assert.match(path, /\?fieldManager=lifeboat$/);
    const { lastTransitionTime } = (body as { status: { conditions: [{ lastTransitionTime: string }] } }).status
      .conditions[0];
    assert.deepEqual(body, {
      ...{ apiVersion: 'example.org/v1', kind: 'Example', metadata: { name: 'a', namespace: 'ns', uid: 'uid-a' } },
      status: { state: 'ACCEPTED', conditions: [{ ...ACCEPTED, lastTransitionTime }] },
    });
    assert.match(lastTransitionTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('only if they differ from those on the server', async () => {
    writer.take([report('a', 'PENDING')]);
    await paths();
    writer.take([report('a', 'PENDING')]);
    assert.equal((await paths()).length, 1);
  });

  it('once, although the server drops a field of them', async () => {
    answer = () => ({ status: {} });
    writer.take([report('a', 'PENDING')]);
    await paths();
    objects.set('a', { ...object('a'), status: '{}' });
    writer.take([report('a', 'PENDING')]);
    assert.equal((await paths()).length, 1);
  });

  it('again if somebody else changes them, or creates the object again', async () => {
    writer.take([report('a', 'PENDING')]);
    await paths();
    objects.set('a', { ...object('a'), status: '{"state":"OTHER"}' });
    writer.take([report('a', 'PENDING')]);
    assert.equal((await paths()).length, 2);
    objects.set('a', { ...object('a'), uid: 'another' });
    writer.take([report('a', 'PENDING')]);
    assert.equal((await paths()).length, 3);
  });

  it('with the time since when each condition has its status', async () => {
    const since = '2020-01-01T00:00:00Z';
    const conditions = [
      { ...ACCEPTED, message: 'before', lastTransitionTime: since },
      { ...ACCEPTED, type: 'Programmed', lastTransitionTime: since },
    ];
    objects.set('a', { ...object('a'), status: JSON.stringify({ conditions }) });
    writer.take([report('a', 'PENDING', [ACCEPTED, { ...ACCEPTED, type: 'Programmed', status: 'False' }])]);
    await paths();
    const [accepted, programmed] = (
      requests[0]!.body as { status: { conditions: readonly { lastTransitionTime: string }[] } }
    ).status.conditions;
    assert.equal(accepted!.lastTransitionTime, since);
    assert.notEqual(programmed!.lastTransitionTime, since);
  });

  it('not again at once if only a sentence of a condition changes', async () => {
    writer.take([report('a', 'PENDING')]);
    await paths();
    writer.take([report('a', 'PENDING', [{ ...ACCEPTED, message: '2 of 3' }])]);
    assert.equal((await paths()).length, 1);
    writer.take([report('a', 'PENDING', [{ ...ACCEPTED, status: 'False' }])]);
    assert.equal((await paths()).length, 2);
  });

  it('only the newest of several that wait', async () => {
    writer.take([report('a', 'PENDING'), report('b', 'PENDING')]);
    writer.take([report('b', 'FAILED')]);
    assert.deepEqual(await paths(), ['examples/a/status', 'examples/b/status', EVENTS]);
    assert.match(JSON.stringify(requests[1]?.body), /FAILED/);
  });

  it('by the replica that holds the Lease only', async () => {
    remaining = 0;
    writer.take([report('a', 'PENDING')]);
    assert.deepEqual(await paths(), []);
  });

  it('not at once again if another manager owns the fields, and the others are', async () => {
    answer = ({ path }) => {
      if (path.includes('/a/')) throw new ApiError(CONFLICT, 'owned by other');
      return { status: {} };
    };
    writer.take([report('a', 'PENDING'), report('b', 'PENDING')]);
    writer.take([report('a', 'PENDING'), report('b', 'PENDING')]);
    assert.deepEqual(await paths(), ['examples/a/status', 'examples/b/status']);
    assert.deepEqual(problems, ['a: owned by other']);
  });

  it('again after the server had trouble', async () => {
    let failures = 1;
    answer = () => {
      failures -= 1;
      if (failures >= 0) throw new ApiError(503, 'busy', 1);
      return { status: {} };
    };
    writer.take([report('a', 'PENDING')]);
    assert.deepEqual(await paths(), ['examples/a/status', 'examples/a/status']);
    assert.deepEqual(problems, ['a: busy']);
  });

  it('without a complaint about an object that is gone', async () => {
    answer = () => {
      objects.delete('a');
      throw new ApiError(OBJECT_NOT_FOUND, 'not found');
    };
    writer.take([report('a', 'PENDING')]);
    await paths();
    assert.deepEqual(problems, []);
  });

  it('although an event cannot be', async () => {
    const write = answer;
    answer = (request) => {
      if (request.path === EVENTS) throw new ApiError(403, 'events are forbidden');
      return write(request);
    };
    writer.take([report('a', 'INVALID'), report('b', 'PENDING')]);
    assert.deepEqual(await paths(), ['examples/a/status', EVENTS, 'examples/b/status']);
    assert.deepEqual(problems, ['a: events are forbidden']);
  });

  it('with a count if the same event happens again', async () => {
    answer = ({ method, path }) => {
      if (method === 'POST') throw new ApiError(CONFLICT, 'already exists');
      return path.startsWith(EVENTS) ? { count: 4 } : { status: {} };
    };
    writer.take([report('a', 'ACCEPTED')]);
    await paths();
    assert.deepEqual(requests.at(-1)?.body, { count: 5 });
  });
});
