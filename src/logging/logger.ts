/** The log: JSON lines for machines, readable lines for a terminal. Writes to the given stream and starts no thread. */
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
  /** Readable lines instead of JSON. */
  readonly pretty: boolean;
  readonly color: boolean;
  /** Converts the field of a name before it is written. Default: unchanged. */
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

/** Loaded on demand: most commands log nothing. */
const load = createRequire(import.meta.url);

/**
 * Writes the lines of one turn of the event loop in one system call: when a fleet reconnects, there is a line for each Envoy. At the end
 * of the process, the stream must be uncorked.
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
