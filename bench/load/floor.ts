/**
 * The physical floor: a server writes the bytes of a change to as many bare sockets as there are clients. No server can be faster on this
 * machine, because this one computes nothing and has neither HTTP/2 nor ACKs.
 */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../report/statistics.js';
import { usageOf } from '../machine/process-usage.js';
import { now } from './clock.js';
import type { ChangeResult, FloorJob } from './job.js';
import { whenQuiet } from './quiet.js';
import { openTrigger } from './trigger.js';

const BUFFER = Buffer.alloc(256 << 10);
const PAUSE_MS = 20;
/** The number of bytes that each socket gets after it was accepted. */
const GREETING = 1;

interface Sockets {
  /** Resolves when every socket has received this number of further bytes: the times of the first and the last socket. */
  next(bytes: number): Promise<{ readonly first: number; readonly last: number }>;
  close(): void;
}

export async function measureFloor(job: FloorJob): Promise<ChangeResult> {
  const { ports, pids, clients, bytes, changes, changeLimitMs } = job;
  const sockets = openSockets(ports[0] ?? 0, clients);
  await sockets.next(GREETING);
  const trigger = await openTrigger(job.trigger);
  const [server, self, start] = [usageOf(pids), usageOf([process.pid]), now()];
  const times: { readonly firstMs: number; readonly lastMs: number }[] = [];
  while (times.length < changes && now() - start < changeLimitMs) {
    const arrived = sockets.next(bytes);
    const began = now();
    await trigger.prepare({ service: bytes, marks: {} })();
    const { first, last } = await arrived;
    times.push({ firstMs: first - began, lastMs: last - began });
    await delay(PAUSE_MS);
  }
  const selfAfter = usageOf([process.pid]);
  const after = await whenQuiet(job);
  sockets.close();
  trigger.close();
  const made = Math.max(1, times.length);
  return {
    made: times.length,
    firstMs: median(times.map(({ firstMs }) => firstMs)),
    lastMs: median(times.map(({ lastMs }) => lastMs)),
    slowestMs: Math.max(0, ...times.map(({ lastMs }) => lastMs)),
    serverCpuMs: ((after.cpuSeconds - server.cpuSeconds) * 1000) / made,
    clientCpuMs: ((selfAfter.cpuSeconds - self.cpuSeconds) * 1000) / made,
    wireBytes: bytes * clients,
    payloadBytes: bytes * clients,
    responses: clients,
    resources: 0,
  };
}

function openSockets(port: number, count: number): Sockets {
  const got = new Float64Array(count);
  let onBytes: (socket: number, length: number) => void = () => undefined;
  const sockets = Array.from({ length: count }, (_, index) => {
    const callback = (length: number): boolean => {
      onBytes(index, length);
      return true;
    };
    return connect({ host: '127.0.0.1', port, noDelay: true, onread: { buffer: BUFFER, callback } });
  });
  return {
    next: (bytes) =>
      new Promise((resolve) => {
        got.fill(0);
        let [left, first] = [count, 0];
        onBytes = (socket, length) => {
          const before = got[socket] ?? 0;
          got[socket] = before + length;
          if (before >= bytes || before + length < bytes) return;
          left -= 1;
          if (left === count - 1) first = now();
          if (left === 0) resolve({ first, last: now() });
        };
      }),
    close: () => sockets.forEach((socket) => socket.destroy()),
  };
}
