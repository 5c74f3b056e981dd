/** The cores of the server and the client: one each, so that they do not compete. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Pinning } from './child.js';

export function choosePinning(): Pinning {
  const allowed = allowedCores();
  const [server, client] = allowed;
  return client === undefined ? { server: undefined, client: undefined } : { server, client };
}

/** Empty without `taskset`. */
function allowedCores(): readonly number[] {
  if (availableParallelism() < 2) return [];
  const { stdout, status } = spawnSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' });
  return status === 0 ? parseCores(stdout.slice(stdout.lastIndexOf(':') + 1)) : [];
}

/** `0-2,5` */
export function parseCores(text: string): readonly number[] {
  return text
    .trim()
    .split(',')
    .flatMap((part) => {
      const [first = NaN, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}
