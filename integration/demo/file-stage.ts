/** The demo with a copy of the example in a directory. */
import { join } from 'node:path';
import { parse } from 'yaml';
import { ControlPlane, type ResourceStatus } from '../support/processes/control-plane.js';
import { lifeboat } from '../support/processes/lifeboat.js';
import { expect } from './account.js';
import { startApplications } from './applications.js';
import { findLayout } from './layout.js';
import { exampleFiles } from './resources.js';
import { type Source, type Stage, raiseStage, scratchDirectory } from './stage.js';

export interface FileStage extends Stage {
  /** The directory of the applied resources. Files in it may be changed. */
  readonly directory: string;
}

/** @param later files of the example that are not applied at the start */
export async function raiseFileStage(later: readonly string[] = []): Promise<FileStage> {
  const layout = await findLayout();
  const scratch = scratchDirectory();
  const directory = join(scratch, 'config');
  const files = await exampleFiles(layout);
  const plane = await ControlPlane.start(
    { directory, address: layout.at('0.1'), ports: layout.ports },
    Object.fromEntries([...files].filter(([name]) => !later.includes(name))),
  );
  const applications = await startApplications(layout);
  const stage = await raiseStage(layout, { plane, source: new Directory(plane, files), applications, scratch });
  return { ...stage, directory };
}

class Directory implements Source {
  readonly #plane: ControlPlane;
  readonly #files: ReadonlyMap<string, string>;

  constructor(plane: ControlPlane, files: ReadonlyMap<string, string>) {
    this.#plane = plane;
    this.#files = files;
  }

  async apply(name: string): Promise<void> {
    await this.#plane.writeText(name, this.#files.get(name) ?? '');
  }

  async statusOf(resource: string) {
    const command = ['get', resource, '-n', 'service-mesh-hub', '-o', 'yaml'] as const;
    const { exitCode, stdout, stderr } = await lifeboat(...command, '--server', this.#plane.adminUrl);
    expect(exitCode === 0, `lifeboat get ${resource} to succeed`, stderr);
    const { status } = parse(stdout) as { readonly status: ResourceStatus };
    return { command: `lifeboat ${command.join(' ')}`, status };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
