/** Compares what each Envoy holds with what a control plane that has just read the files computes for it. */
import { isDeepStrictEqual } from 'node:util';
import { computedFor } from '../../integration/support/envoys/computed-configuration.js';
import { fromConfigDump, type HeldConfiguration } from '../../integration/support/envoys/held-configuration.js';
import type { ControlPlane } from '../../integration/support/processes/control-plane.js';
import { eventually } from '../../integration/support/processes/eventually.js';
import type { Story } from '../../integration/support/story.js';
import { sortKeys } from '../../src/proto/sort-keys.js';
import type { History } from '../history/file.js';
import { contentHash } from './decode-message.js';
import type { Participant } from './participant.js';

export interface Comparison {
  readonly plane: ControlPlane;
  readonly participants: readonly Participant[];
  /** How long an Envoy has to hold what it should, in milliseconds. */
  readonly convergenceMs: number;
}

/** Records both for each Envoy, as soon as they are equal. */
export async function compareHeld(
  story: Story,
  history: History,
  { plane, participants, convergenceMs }: Comparison,
): Promise<void> {
  const fresh = await story.freshControlPlane(plane);
  for (const participant of participants) {
    const expected = await computedFor(fresh, participant);
    const dump = async (): Promise<HeldConfiguration> => fromConfigDump(await participant.envoy.admin.configDump());
    const isEqual = async (): Promise<boolean> => isDeepStrictEqual(await dump(), expected);
    // Not in time is a violation, which the rule of the final state finds.
    await eventually(isEqual, { timeout: convergenceMs }).catch(() => undefined);
    const found = { envoy: await dump(), fresh: expected };
    for (const by of ['envoy', 'fresh'] as const)
      history.add({ kind: 'held', proxy: participant.id, by, resources: hashes(found[by]) });
  }
}

function hashes(configuration: HeldConfiguration): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(configuration).flatMap(([kind, resources]) =>
      Object.entries(resources as Readonly<Record<string, unknown>>).map(([name, resource]) => [
        `${kind}/${name}`,
        contentHash(JSON.stringify(sortKeys(resource))),
      ]),
    ),
  );
}
