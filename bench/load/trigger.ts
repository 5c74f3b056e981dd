/** Makes changes: by a line to the control port of a server, or by replacing a file. */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { UNCHANGED, type Marks } from '../world/documents.js';
import { stageService } from '../world/directory.js';
import type { TriggerDescription } from './job.js';

export interface Change {
  readonly service: number;
  readonly marks: Partial<Marks>;
}

export interface Trigger {
  /**
   * Prepares a change and returns a function that makes it. The function resolves when the server has confirmed the change, if it can: files are
   * only watched.
   */
  prepare(change: Change): () => Promise<void>;
  close(): void;
}

export async function openTrigger(description: TriggerDescription): Promise<Trigger> {
  if (description.type === 'file') return fileTrigger(description.directory);
  return onAll(await Promise.all(description.ports.map(lineTrigger)));
}

/** Makes the same change on several servers. */
function onAll(triggers: readonly Trigger[]): Trigger {
  return {
    prepare: (change) => {
      const prepared = triggers.map((trigger) => trigger.prepare(change));
      return async () => {
        await Promise.all(prepared.map((make) => make()));
      };
    },
    close: () => triggers.forEach((trigger) => trigger.close()),
  };
}

function fileTrigger(directory: string): Trigger {
  const current = new Map<number, Marks>();
  return {
    prepare: ({ service, marks }) => {
      const next = { ...(current.get(service) ?? UNCHANGED), ...marks };
      current.set(service, next);
      const replace = stageService(directory, service, next);
      return () => {
        replace();
        return Promise.resolve();
      };
    },
    close: () => undefined,
  };
}

/** The server answers each line with one line. */
async function lineTrigger(port: number): Promise<Trigger> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const waiting: (() => void)[] = [];
  socket.on('data', (bytes: Buffer) => {
    for (const byte of bytes) if (byte === 10) waiting.shift()?.();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => waiting.splice(0).forEach((resolve) => resolve()));
  return {
    prepare: ({ service, marks }) => {
      const line = `${service} ${marks.port ?? 0}\n`;
      return () => request(socket, line, waiting);
    },
    close: () => socket.destroy(),
  };
}

function request(socket: Socket, line: string, waiting: (() => void)[]): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    socket.write(line);
  });
}
