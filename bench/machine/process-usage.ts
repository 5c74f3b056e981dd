/** The CPU time and memory of a process, from /proc. Linux only. */
import { readFileSync } from 'node:fs';

export interface Usage {
  /** CPU time in seconds, in user space and in the kernel. */
  readonly cpuSeconds: number;
  /** Current and maximum memory, in megabytes of 2^20 bytes. */
  readonly rssMb: number;
  readonly peakRssMb: number;
}

/** Ticks per second of /proc/PID/stat: USER_HZ, 100 on every Linux. */
const TICKS = 100;

/** The sum of several processes. A process that has ended counts as 0. */
export function usageOf(pids: readonly number[]): Usage {
  return pids.map(usageOfOne).reduce(add, NOTHING);
}

const NOTHING: Usage = { cpuSeconds: 0, rssMb: 0, peakRssMb: 0 };

function add(a: Usage, b: Usage): Usage {
  return { cpuSeconds: a.cpuSeconds + b.cpuSeconds, rssMb: a.rssMb + b.rssMb, peakRssMb: a.peakRssMb + b.peakRssMb };
}

function usageOfOne(pid: number): Usage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return { cpuSeconds: cpuSeconds(stat), ...memory(readFileSync(`/proc/${pid}/status`, 'utf8')) };
  } catch {
    return NOTHING;
  }
}

/** The command, in parentheses, may contain spaces. `utime` and `stime` are fields 14 and 15. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function cpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

export function memory(status: string): { readonly rssMb: number; readonly peakRssMb: number } {
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return { rssMb: kilobytes('VmRSS') / 1024, peakRssMb: kilobytes('VmHWM') / 1024 };
}
