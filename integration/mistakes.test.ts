/** Documents with any mistakes: a new Envoy accepts everything, and services that the mistakes do not concern respond. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
// The mistakes are shared with the property test of the model.
import { arbitraryMistake, withMistakes } from '../src/testing/arbitrary-mistakes.js';
import { readCase } from '../src/testing/case.js';
import { meshes } from './support/services/service.js';
import { withStory } from './support/story.js';

const GOLDEN = fileURLToPath(new URL('../../src/testdata/golden', import.meta.url));
/** These kinds affect other services: a policy may select every service, Workspaces and meshes affect all of theirs. */
const ABOUT_OTHERS = /Policy$|^Workspace$|Mesh$/;
const ROUNDS = 4;

/** The documents of all golden cases as one List in JSON, with mistakes in some of them. */
function mistakenDocuments(seed: number): string {
  const items = readdirSync(GOLDEN).flatMap((name, i) => {
    const documents = readCase(join(GOLDEN, name)).first.upserts.filter(({ kind }) => !ABOUT_OTHERS.test(kind));
    const mistakes = fc.sample(fc.array(arbitraryMistake, { minLength: 0, maxLength: 3, size: 'max' }), {
      numRuns: documents.length,
      seed: seed + i,
    });
    return documents.map(({ document }, j) => {
      const { apiVersion, kind, metadata, ...rest } = document;
      const unique = { ...(metadata as object), namespace: `case-${i}` };
      return { apiVersion, kind, metadata: unique, ...(withMistakes(rest, mistakes[j] ?? []) as object) };
    });
  });
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

describe('promise 7: documents with mistakes', () => {
  it(
    'do not affect Envoys: they reject nothing, and other services respond',
    withStory(async (story) => {
      const east = await story.site('east');
      const seed = Date.now();
      const plane = await story.controlPlane({
        'meshes.yaml': meshes('east'),
        'destinations.yaml': [east.destination()],
      });
      await plane.writeText('mistakes.json', mistakenDocuments(seed));
      for (let round = 1; round <= ROUNDS; round += 1) {
        const { envoy, address } = await story.sidecar(plane, { cluster: 'east' }).catch((error: unknown) => {
          throw new Error(
            `seed ${seed + 1000 * (round - 1)}: ${error instanceof Error ? error.message : String(error)}`,
            {
              cause: error,
            },
          );
        });
        const traffic = story.traffic({ address }, { host: `reviews:${String(story.port)}` });
        await traffic.settlesOn(east.names);
        assert.deepEqual((await traffic.stop()).failures, [], `seed ${seed + 1000 * (round - 1)}`);
        await plane.writeText('mistakes.json', mistakenDocuments(seed + 1000 * round));
        await plane.synced(envoy.id);
      }
    }),
  );
});
