/** The log: JSON lines for machines, readable lines for a terminal. Writes where it is told to and starts no thread. */
import { type DestinationStream, type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly stream: NodeJS.WritableStream;
  /** Lines for people instead of JSON. */
  readonly pretty: boolean;
  readonly color: boolean;
}

const PRETTY = { sync: true, singleLine: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' };

export function createLogger({ level, stream, pretty, color }: LoggerOptions): Logger {
  const destination: DestinationStream = pretty
    ? PinoPretty({ ...PRETTY, destination: stream, colorize: color })
    : { write: (line) => stream.write(line) };
  return pino({ level }, destination);
}
