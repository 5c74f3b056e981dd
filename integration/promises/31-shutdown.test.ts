/**
 * Promise 31: SIGTERM ends the process within its grace of 10 s, whatever clients do; Envoys that can, have gone elsewhere by then.
 */
import assert from 'node:assert/strict';
import { withStory } from '../support/story.js';

for (const transport of ['grpc-js', 'http2']) {
  describe(`promise 31: a shutdown (${transport})`, () => {
    it(
      'ends with code 0 although one Envoy is frozen, and the other Envoy goes on',
      withStory(async (story) => {
        const plane = await story.controlPlane(
          { 'empty.yaml': [] },
          { flags: ['--transport', transport, '--allow-empty'] },
        );
        const [frozen, other] = [
          await story.sidecar(plane, { cluster: 'east' }),
          await story.sidecar(plane, { cluster: 'west' }),
        ];
        await frozen.envoy.freeze();
        // Fails unless the exit code is 0 within 15 s.
        await plane.stop();
        await frozen.envoy.thaw();
        const ended = plane.log.filter((line) => line.includes('a client disconnected'));
        assert.equal(ended.length, 2, 'both streams have ended, and are told');
        assert.equal(await other.envoy.admin.ready(), true, 'Envoys go on without a control plane');
      }),
    );
  });
}
