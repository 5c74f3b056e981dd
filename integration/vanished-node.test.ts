/** A node that disappears: iptables drops its packets. */
import { fileURLToPath } from 'node:url';
import { tellInNamespace } from './support/processes/namespace-story.js';

const STORY = fileURLToPath(new URL('vanished-node/story.js', import.meta.url));

describe('promise 36: a node that vanishes', () => {
  it('fails no GET over HTTP/1.1, HTTP/2 or a gateway, and no new TCP connection', () =>
    tellInNamespace(STORY, 100_000));
});
