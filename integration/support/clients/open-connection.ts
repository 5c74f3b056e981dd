/**
 * A connection that stays open until the other side ends it.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export class OpenConnection {
  readonly #socket: Socket;

  private constructor(address: string, port: number) {
    this.#socket = connect({ host: address, port });
    this.#socket.on('error', () => undefined);
  }

  static async open(address: string, port: number): Promise<OpenConnection> {
    const connection = new OpenConnection(address, port);
    await once(connection.#socket, 'connect');
    return connection;
  }

  /** Sends the text and returns the answer. */
  async say(text: string): Promise<string> {
    this.#socket.write(text);
    const [chunk] = (await Promise.race([
      once(this.#socket, 'data'),
      once(this.#socket, 'close').then(() => ['closed']),
    ])) as readonly unknown[];
    return String(chunk);
  }

  /** Sends the text. The returned function says whether the other side has ended the connection since. */
  ends(text: string): () => boolean {
    let closed = false;
    this.#socket.once('close', () => (closed = true));
    this.#socket.write(text);
    return () => closed;
  }
}
