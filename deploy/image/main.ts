/** `make image-lifeboat`: builds the image of Lifeboat with the Docker engine of this machine, and prints its name. */
import { buildLifeboatImage, defaultImageName } from './build.js';

process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
process.env['TESTCONTAINERS_HOST_OVERRIDE'] ??= '127.0.0.1';
const { IMAGE, RUNTIME_IMAGE } = process.env;
try {
  const name = IMAGE ?? (await defaultImageName());
  await buildLifeboatImage({ name, ...(RUNTIME_IMAGE !== undefined && { runtimeImage: RUNTIME_IMAGE }) });
  console.log(name);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const isWithoutEngine = message.includes('container runtime');
  console.error(isWithoutEngine ? 'No Docker engine answers: start one, or name one in DOCKER_HOST.' : message);
  process.exitCode = 1;
}
