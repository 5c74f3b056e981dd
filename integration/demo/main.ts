/**
 * `make demo`: runs the guide. Exits with 0 only if everything happened as the guide describes.
 */
import pc from 'picocolors';
import { exitOnSignals } from '../support/processes/signals.js';
import { NotAsExpected, say, title } from './account.js';
import { DETAILS_FILE, playGuide } from './guide.js';
import { raiseStage, type Stage } from './stage.js';

exitOnSignals();
let stage: Stage | undefined;
try {
  title('Failover Service, the guide, with real Envoys');
  stage = await raiseStage([DETAILS_FILE]);
  await playGuide(stage);
  await stage.close();
  console.log(pc.green('\nEverything happened as the guide says; no request failed.'));
} catch (error) {
  console.log(pc.red(`\nNot as the guide says: ${error instanceof Error ? error.message : String(error)}`));
  if (!(error instanceof NotAsExpected)) tellLogs(stage);
  // Programs that still run end with this process.
  process.exit(1);
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
