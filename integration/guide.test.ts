/**
 * The Failover Service guide with its three resources unchanged: its statuses, and red stars after v1 and v2 have failed. `make demo` shows the
 * way back, which takes 30 s of ejection.
 */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { startApplications } from './demo/applications.js';
import { GUIDE_STATUSES } from './demo/guide.js';
import { findLayout, SERVICE_PORT } from './demo/layout.js';
import { Productpage } from './demo/productpage.js';
import { exampleFiles } from './demo/resources.js';
import { send } from './support/clients/http-client.js';
import { lifeboat } from './support/processes/lifeboat.js';
import { withStory, type Story } from './support/story.js';

describe('the Failover Service guide', () => {
  it(
    'has the statuses that the guide prints',
    withStory(async (story) => {
      const { plane } = await begin(story);
      for (const [resource, expected] of Object.entries(GUIDE_STATUSES)) {
        const printed = await lifeboat(
          'get',
          resource,
          '-n',
          'service-mesh-hub',
          '-o',
          'yaml',
          '--server',
          plane.adminUrl,
        );
        assert.equal(printed.exitCode, 0, printed.stderr);
        assert.deepEqual((parse(printed.stdout) as { status: unknown }).status, expected);
      }
    }),
  );

  it(
    'shows red stars after reviews v1 and v2 have failed',
    withStory(async (story) => {
      const { plane, layout } = await begin(story);
      const port = SERVICE_PORT + layout.portOffset;
      const applications = await startApplications(layout);
      for (const application of Object.values(applications)) story.atEnd(() => application.refuse());
      const { address } = await story.sidecar(plane, {
        cluster: 'mgmt-cluster',
        metadata: { LISTEN_PORT_OFFSET: layout.portOffset },
      });
      const page = await Productpage.start({ address: layout.at('1.3'), port }, { address, port });
      story.atEnd(async () => {
        page.close();
      });

      const show = () => send({ address: layout.at('1.3'), port, path: '/productpage?u=normal' });
      const before = await Promise.all(Array.from({ length: 20 }, show));
      assert.deepEqual(
        new Set(before.map((answer) => answer.headers['x-reviews'])),
        new Set(['reviews-v1', 'reviews-v2']),
      );
      await applications.reviewsV1.refuse();
      await applications.reviewsV2.refuse();
      for (const answer of await Promise.all(Array.from({ length: 20 }, show))) {
        assert.equal(answer.status, 200);
        assert.match(answer.body, /color="red"/);
      }
    }),
  );
});

async function begin(story: Story) {
  const layout = await findLayout();
  story.atEnd(async () => {
    layout.block.release();
  });
  return { layout, plane: await story.controlPlane(Object.fromEntries(await exampleFiles(layout))) };
}
