/**
 * One connection: sends a text, if any, and reads until the other side ends the connection.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface StreamRequest {
  readonly address: string;
  readonly port: number;
  /** Use TLS with this server name. */
  readonly serverName?: string;
  readonly say?: string | Buffer;
}

/** Everything that the other side sent. Rejects if it sent nothing: refused, reset, or closed. */
export async function ask(request: StreamRequest): Promise<string> {
  const socket = open(request);
  socket.setTimeout(20_000, () => socket.destroy(new Error('no answer in time')));
  if (request.say !== undefined) socket.write(request.say);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  if (chunks.length === 0) throw new Error('closed without an answer');
  return Buffer.concat(chunks).toString('latin1');
}

function open({ address, port, serverName }: StreamRequest): Socket {
  if (serverName === undefined) return connectTcp({ host: address, port });
  return connectTls({ host: address, port, servername: serverName, rejectUnauthorized: false });
}

/** A request for `/` in HTTP/1.1. */
export function httpRequest(host: string): string {
  return `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
}

/** The answers to consecutive connections. */
export interface StreamAccount {
  /** The number of answers, by content. */
  readonly answered: Readonly<Record<string, number>>;
  readonly lost: number;
}

/** `heard`: returns the name of the backend from its answer. */
export async function askInTurn(
  times: number,
  request: StreamRequest,
  heard: (answer: string) => string = (answer) => answer,
): Promise<StreamAccount> {
  const answered: Record<string, number> = {};
  let lost = 0;
  for (let i = 0; i < times; i++) {
    const name = await ask(request).then(heard, () => undefined);
    if (name === undefined) lost += 1;
    else answered[name] = (answered[name] ?? 0) + 1;
  }
  return { answered, lost };
}
