/** The Failover Service guide with `kubectl apply` on the API servers of two clusters. `make demo-kubernetes` shows the way back too. */
import assert from 'node:assert/strict';
import { GUIDE_STATUSES } from '../demo/guide.js';
import { raiseKubernetesStage } from '../demo/kubernetes/kubernetes-stage.js';
import { Traffic } from '../support/clients/traffic.js';
import { kubernetesPrograms } from '../support/kubernetes/programs.js';
import { eventually } from '../support/processes/eventually.js';

describe('the Failover Service guide on Kubernetes', () => {
  before(async function () {
    this.timeout(1_800_000);
    if ((await kubernetesPrograms()) === undefined) this.skip();
  });

  it('shows its statuses in kubectl, and fails over between the clusters without a failed request', async () => {
    const stage = await raiseKubernetesStage();
    try {
      for (const [resource, expected] of Object.entries(GUIDE_STATUSES)) {
        await eventually(async () => {
          const { status } = await stage.source.statusOf(resource);
          const { conditions, ...rest } = status as typeof status & { readonly conditions: readonly unknown[] };
          assert.deepEqual(rest, expected);
          return conditions.length === 3;
        });
      }
      const traffic = new Traffic({ ...stage.gateway, host: 'reviews-failover.bookinfo.global:9080', pause: 5 });
      await traffic.settlesOn(['reviews-v1', 'reviews-v2']);
      await Promise.all([stage.applications.reviewsV1.refuse(), stage.applications.reviewsV2.refuse()]);
      await traffic.settlesOn(['reviews-v3']);
      assert.deepEqual((await traffic.stop()).failures, []);
    } finally {
      await stage.close();
    }
  });
});
