/**
 * Runs once before and after all integration tests: provides a Docker engine with the image of the real Envoy. Mocha also loads this file in each
 * process that runs test files.
 */
import { fileURLToPath } from 'node:url';
import { envoyBinary } from '../../envoy/binary.js';
import { buildEnvoyImage } from '../../envoy/image/build.js';
import { dockerEngine, type DockerEngine } from './processes/docker-engine.js';
import { exitOnSignals } from './processes/signals.js';

const DOCKERD_LOG = fileURLToPath(new URL('../../../.cache/dockerd.log', import.meta.url));

// In each of these processes, so that an interrupted run ends what its tests have started.
exitOnSignals();

/** Mocha shares `this` between the two functions. */
interface Shared {
  engine?: DockerEngine;
}

/** Run by mocha before the first test; an error ends the run with its message. */
export async function mochaGlobalSetup(this: Shared): Promise<void> {
  const binary = await envoyBinary();
  this.engine = await dockerEngine(DOCKERD_LOG);
  process.env['DOCKER_HOST'] = this.engine.host;
  // Otherwise testcontainers would pull the image of Ryuk, and inside a container also the image that finds the host.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';
  await buildEnvoyImage(binary);
}

/** Mocha calls it after the last test, whether tests failed or not. */
export async function mochaGlobalTeardown(this: Shared): Promise<void> {
  await this.engine?.stop();
}
