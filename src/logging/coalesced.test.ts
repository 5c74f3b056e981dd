import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { coalesced } from './coalesced.js';

describe('coalesced', () => {
  let runs = 0;
  const action = () => void (runs += 1);

  beforeEach(() => {
    runs = 0;
    mock.timers.enable({ apis: ['setTimeout'] });
  });

  afterEach(() => {
    mock.timers.reset();
  });

  it('runs the first request at once and later ones together', () => {
    const costly = coalesced(action, 1000);
    costly.request();
    assert.equal(runs, 1);
    costly.request();
    costly.request();
    assert.equal(runs, 1);
    mock.timers.tick(1000);
    assert.equal(runs, 2);
    mock.timers.tick(1000);
    assert.equal(runs, 2);
    costly.request();
    assert.equal(runs, 3);
  });

  it('drops a pending request when it is stopped', () => {
    const costly = coalesced(action, 1000);
    costly.request();
    costly.request();
    costly.stop();
    mock.timers.tick(1000);
    assert.equal(runs, 1);
  });
});
