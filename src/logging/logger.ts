/** The log: JSON lines for machines, readable lines for a terminal. Writes where it is told to and starts no thread. */
import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import type * as pinoModule from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type * as prettyModule from 'pino-pretty';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly stream: Writable;
  /** Lines for people instead of JSON. */
  readonly pretty: boolean;
  readonly color: boolean;
  /** What is written of a field of this name. Default: the field as it is. */
  readonly serializers?: Readonly<Record<string, (value: unknown) => unknown>>;
}

const PRETTY = { sync: true, singleLine: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' };

export function createLogger({ level, stream, pretty, color, serializers = {} }: LoggerOptions): Logger {
  const { pino } = load('pino') as typeof pinoModule;
  const destination: DestinationStream = pretty
    ? (load('pino-pretty') as typeof prettyModule).PinoPretty({ ...PRETTY, destination: stream, colorize: color })
    : oneWritePerTurn(stream);
  return pino({ level, serializers }, destination);
}

/** Loaded when something is logged: most commands log nothing, and answer sooner. */
const load = createRequire(import.meta.url);

/**
 * The lines of one turn of the event loop in one system call: a fleet that comes back at once has a line for each Envoy. What a
 * process says last has to be uncorked when it ends.
 */
function oneWritePerTurn(stream: Writable): DestinationStream {
  let corked = false;
  const uncork = (): void => {
    corked = false;
    stream.uncork();
  };
  return {
    write: (line) => {
      if (!corked) {
        corked = true;
        stream.cork();
        setImmediate(uncork);
      }
      stream.write(line);
    },
  };
}
