/**
 * `make demo-live`: starts everything of the demo with some traffic, and runs until Ctrl-C. The user breaks the backends.
 */
import { createInterface } from 'node:readline';
import { exitOnSignals } from '../support/processes/signals.js';
import { Traffic } from '../support/clients/traffic.js';
import { say, title } from './account.js';
import { type FileStage, raiseFileStage } from './file-stage.js';

exitOnSignals(0);
const stage = await raiseFileStage();
new Traffic({ ...stage.pages.mgmt, host: 'productpage', path: '/productpage?u=normal', pause: 250 });
tell(stage);
const backends = new Map(Object.entries(stage.applications));
for await (const line of createInterface({ input: process.stdin })) await obey(line);

function tell({ plane, pages, directory }: FileStage): void {
  title('The demo runs until Ctrl-C');
  say(`web page and API    ${plane.adminUrl}/`);
  say(`productpage         http://${pages.mgmt.address}:${pages.mgmt.port}/productpage?u=normal (mgmt-cluster)`);
  say(`                    http://${pages.remote.address}:${pages.remote.port}/productpage?u=normal (remote-cluster)`);
  say(`resources           ${directory} (edit them; they apply at once)`);
  say(`break and mend      off NAME, hang NAME, on NAME; NAME is one of ${Object.keys(stage.applications).join(', ')}`);
}

async function obey(line: string): Promise<void> {
  const [verb = '', name = ''] = line.trim().split(/\s+/);
  const backend = backends.get(name);
  if (backend !== undefined && verb === 'off') await backend.refuse();
  else if (backend !== undefined && verb === 'hang') backend.hang();
  else if (backend !== undefined && verb === 'on') await backend.restore();
  else say(`Say off, hang or on, and one of ${[...backends.keys()].join(', ')}.`);
}
