/** The measured world as files: one for each service in one directory, and one for the common resources. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Marks, serviceDocuments, sharedDocuments } from './documents.js';
import { serviceName } from './names.js';

/** The watched directory. */
export function configDirectory(directory: string): string {
  return join(directory, 'config');
}

export function writeWorld(directory: string, services: number): void {
  mkdirSync(join(configDirectory(directory), 'services'), { recursive: true });
  mkdirSync(join(directory, 'staging'), { recursive: true });
  writeFileSync(join(configDirectory(directory), 'shared.yaml'), sharedDocuments());
  for (let index = 0; index < services; index += 1) writeFileSync(fileOf(directory, index), serviceDocuments(index));
}

/** Writes a new file for a service and returns a function that moves it into place. */
export function stageService(directory: string, index: number, marks: Marks): () => void {
  const staged = join(directory, 'staging', `${serviceName(index)}.yaml`);
  writeFileSync(staged, serviceDocuments(index, marks));
  return () => renameSync(staged, fileOf(directory, index));
}

function fileOf(directory: string, index: number): string {
  return join(configDirectory(directory), 'services', `${serviceName(index)}.yaml`);
}
