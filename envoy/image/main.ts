/**
 * `make image`: builds the Envoy image in the Docker engine of this machine.
 */
import { envoyBinary } from '../binary.js';
import { buildEnvoyImage, ENVOY_IMAGE } from './build.js';

process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
process.env['TESTCONTAINERS_HOST_OVERRIDE'] ??= '127.0.0.1';
try {
  await buildEnvoyImage(await envoyBinary());
  console.log(ENVOY_IMAGE);
} catch (error) {
  console.error(`The image was not built: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
