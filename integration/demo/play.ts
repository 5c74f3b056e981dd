/** Plays the guide on a stage. Exits with 0 only if everything happened as the guide describes. */
import pc from 'picocolors';
import { exitOnSignals } from '../support/processes/signals.js';
import { NotAsExpected, say, title } from './account.js';
import { playGuide } from './guide.js';
import type { Stage } from './stage.js';

/** @param raise starts everything */
export async function play(what: string, raise: () => Promise<Stage>): Promise<void> {
  exitOnSignals();
  let stage: Stage | undefined;
  try {
    title(what);
    stage = await raise();
    await playGuide(stage);
    await stage.close();
    console.log(pc.green('\nEverything happened as the guide says; no request failed.'));
  } catch (error) {
    console.log(pc.red(`\nNot as the guide says: ${error instanceof Error ? error.message : String(error)}`));
    if (!(error instanceof NotAsExpected)) tellLogs(stage);
    await stage?.source.close();
    // Programs that still run end with this process.
    process.exit(1);
  }
}

function tellLogs(of: Stage | undefined): void {
  if (of === undefined) return;
  title('lifeboat serve said last');
  of.plane.log.slice(-10).forEach(say);
  for (const envoy of of.envoys) {
    title(`Envoy ${envoy.id} said last`);
    envoy.program.output.slice(-10).forEach(say);
  }
}
