// Calls a method of a gRPC service over and over and prints each answer, or the error:
//   GRPC_XDS_BOOTSTRAP=grpc.json node client.mjs xds:///reviews-failover.bookinfo.global:9080 /package.Service/Method
// Needs @grpc/grpc-js and @grpc/grpc-js-xds. The message is plain bytes, so that no .proto is needed.
import { setTimeout as delay } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import { register } from '@grpc/grpc-js-xds';

register();
const [target = '', method = ''] = process.argv.slice(2);
const client = new Client(target, credentials.createInsecure());

function call() {
  const same = (bytes) => bytes;
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + 10_000 };
    client.makeUnaryRequest(method, same, same, Buffer.from('who?'), options, (error, answer) => {
      if (error) reject(error);
      else resolve(answer.toString());
    });
  });
}

for (;;) {
  console.log(await call().catch(({ code, details }) => `error ${code}: ${details}`));
  await delay(10);
}
