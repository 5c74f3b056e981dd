/** Builds the peer, if Go is installed. Go downloads its modules from the configured module proxy. Writes nothing next to the sources. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = join('bench', 'peer');
const BINARY = join('.cache', 'bench', 'peer');
/** Time for download and build, in milliseconds. */
const BUILD_MS = 300_000;

/** The program, or the reason why there is none. */
export type Peer = { readonly path: string; readonly version: string } | { readonly missing: string };

export function buildPeer(): Peer {
  const go = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (go.status !== 0) return { missing: 'there is no Go here' };
  const peer = { path: BINARY, version: go.stdout.trim() };
  if (isUpToDate()) return peer;
  mkdirSync(join('.cache', 'bench'), { recursive: true });
  const args = ['build', '-mod=readonly', '-o', join('..', '..', BINARY), '.'];
  const { status, stderr } = spawnSync('go', args, { cwd: SOURCES, encoding: 'utf8', timeout: BUILD_MS });
  return status === 0 ? peer : { missing: `it could not be built: ${stderr.trim().split('\n').at(-1) ?? ''}` };
}

function isUpToDate(): boolean {
  const [binary, ...sources] = [BINARY, 'main.go', 'go.mod', 'go.sum'].map((file, i) =>
    changedAt(i === 0 ? file : join(SOURCES, file)),
  );
  return binary !== undefined && sources.every((source) => source !== undefined && source < binary);
}

function changedAt(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}
