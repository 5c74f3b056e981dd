/** `INTERCEPTION: REDIRECT` with real iptables. */
import { fileURLToPath } from 'node:url';
import { tellInNamespace } from './support/processes/namespace-story.js';

const STORY = fileURLToPath(new URL('interception/story.js', import.meta.url));

describe('an Envoy to which iptables redirects', () => {
  it('serves the hosts of its listeners and passes other connections through', () => tellInNamespace(STORY, 90_000));
});
