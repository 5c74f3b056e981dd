/** A load balancer of TCP connections, as it stands before the replicas of a control plane. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { SocketAddress } from '../../../envoy/bootstrap.js';

export class Balancer {
  /** Each connection goes to the next of them. */
  targets: readonly SocketAddress[];
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#forward(socket));
  #accepted = 0;

  private constructor(targets: readonly SocketAddress[]) {
    this.targets = targets;
  }

  /** @param address a loopback address; the port is a free one. */
  static async start(address: string, targets: readonly SocketAddress[]): Promise<Balancer> {
    const balancer = new Balancer(targets);
    balancer.#server.listen({ host: address, port: 0 });
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get socket(): SocketAddress {
    const { address, port } = this.#server.address() as AddressInfo;
    return { address, port };
  }

  /** The number of connections so far. */
  get accepted(): number {
    return this.#accepted;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #forward(from: Socket): void {
    const target = this.targets[this.#accepted % this.targets.length];
    this.#accepted += 1;
    if (target === undefined) {
      from.destroy();
      return;
    }
    const to = connect({ host: target.address, port: target.port });
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
