/**
 * How many connections fit into the limit of file descriptors, with some in reserve: for files, which would not be read otherwise,
 * and for the admin address. https://man7.org/linux/man-pages/man5/proc_pid_limits.5.html
 */
import { readFileSync, readdirSync } from 'node:fs';

/** The maximum numbers of connections. */
export interface ConnectionLimits {
  /** The limit that they follow from. */
  readonly descriptors: number;
  readonly xds: number;
  readonly admin: number;
}

/** Descriptors that are kept for files, and the fewest that are kept for the admin address. */
const RESERVE = 32;

/** One of this many is kept for the admin address: its clients are people, scrapes and probes. */
const ADMIN_SHARE = 16;

/** Even where the limit is tiny, somebody should get in. */
const FEWEST = 8;

/** `undefined` where the system does not tell a limit: then there is none here. Call it before connections are accepted. */
export function connectionLimits(): ConnectionLimits | undefined {
  try {
    const [, soft = ''] = /^Max open files\s+(\d+)/mu.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    const descriptors = Number(soft);
    if (soft === '' || descriptors === 0) return undefined;
    return { descriptors, ...divide(descriptors, readdirSync('/proc/self/fd').length) };
  } catch {
    return undefined;
  }
}

/** @param used descriptors that are open already, or will be whatever connects. */
export function divide(descriptors: number, used: number): Omit<ConnectionLimits, 'descriptors'> {
  const admin = Math.max(RESERVE, Math.floor(descriptors / ADMIN_SHARE));
  return { xds: Math.max(FEWEST, descriptors - used - RESERVE - admin), admin };
}
