/** Adds an xDS server to a server of @grpc/grpc-js, as programs with other services do. */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { XdsServer } from '../../xds/index.js';

export interface GrpcJsServer {
  readonly port: number;
  readonly close: () => void;
}

/** Serves on a free port of the loopback interface. */
export async function serveByGrpcJs(server: XdsServer): Promise<GrpcJsServer> {
  const grpc = new Server();
  server.addTo(grpc);
  const port = await new Promise<number>((resolve, reject) => {
    grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => grpc.forceShutdown() };
}
