/**
 * The applications of Bookinfo in both clusters.
 */
import { Backend } from '../support/services/backend.js';
import { SERVICE_PORT, type Layout } from './layout.js';
import type { ReviewsBody } from './productpage.js';

/** reviews v1 (no stars) and v2 (black) and details on mgmt-cluster; reviews v3 (red) and details on remote-cluster. */
export type Applications = Readonly<
  Record<'reviewsV1' | 'reviewsV2' | 'reviewsV3' | 'detailsMgmt' | 'detailsRemote', Backend>
>;

/** `at`: the address of a host, by its last two octets. */
export async function startApplications(
  layout: Layout,
  at = (host: string): string => layout.at(host),
): Promise<Applications> {
  const start = (name: string, host: string, body: unknown): Promise<Backend> =>
    Backend.start({ name, address: at(host), port: SERVICE_PORT + layout.portOffset, body });
  return {
    reviewsV1: await start('reviews-v1', '1.1', reviews('v1', 'mgmt-cluster')),
    reviewsV2: await start('reviews-v2', '1.2', reviews('v2', 'mgmt-cluster', 'black')),
    reviewsV3: await start('reviews-v3', '2.1', reviews('v3', 'remote-cluster', 'red')),
    detailsMgmt: await start('details on mgmt-cluster', '1.4', DETAILS),
    detailsRemote: await start('details on remote-cluster', '2.4', DETAILS),
  };
}

const DETAILS = { id: 0, author: 'William Shakespeare', year: 1595, type: 'paperback', pages: 200 } as const;

function reviews(version: string, clustername: string, color?: string): ReviewsBody {
  const rated = (stars: number): object => (color === undefined ? {} : { rating: { stars, color } });
  return {
    version,
    clustername,
    reviews: [
      {
        reviewer: 'Reviewer1',
        text: 'An extremely entertaining play by Shakespeare. The slapstick humour is refreshing!',
        ...rated(5),
      },
      {
        reviewer: 'Reviewer2',
        text: 'Absolutely fun and entertaining. The play lacks thematic depth when compared to other plays by Shakespeare.',
        ...rated(4),
      },
    ],
  };
}
