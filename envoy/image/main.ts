/** `make image`: builds the Envoy image with the Docker engine of this machine. */
import { envoyBinary } from '../binary.js';
import { buildEnvoyImage, ENVOY_IMAGE } from './build.js';

process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
process.env['TESTCONTAINERS_HOST_OVERRIDE'] ??= '127.0.0.1';
try {
  await buildEnvoyImage(await envoyBinary());
  console.log(ENVOY_IMAGE);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const isWithoutEngine = message.includes('container runtime');
  console.error(isWithoutEngine ? 'No Docker engine answers: start one, or name one in DOCKER_HOST.' : message);
  process.exitCode = 1;
}
