/**
 * What mocha does once before and after all integration tests: a Docker engine, and the image of the real Envoy in it.
 */
import { fileURLToPath } from 'node:url';
import { envoyBinary } from '../../envoy/binary.js';
import { buildEnvoyImage } from '../../envoy/image/build.js';
import { dockerEngine, type DockerEngine } from './processes/docker-engine.js';
import { exitOnSignals } from './processes/signals.js';

const DOCKERD_LOG = fileURLToPath(new URL('../../../.cache/dockerd.log', import.meta.url));

/** Mocha shares `this` between the two functions. */
interface Shared {
  engine?: DockerEngine;
}

/** Run by mocha before the first test; an error ends the run with its message. */
export async function mochaGlobalSetup(this: Shared): Promise<void> {
  exitOnSignals();
  const binary = await envoyBinary();
  this.engine = await dockerEngine(DOCKERD_LOG);
  process.env['DOCKER_HOST'] = this.engine.host;
  // Ryuk would have to be pulled; and what finds the host of a container would, in a container, pull an image too.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';
  await buildEnvoyImage(binary);
}

/** Run by mocha after the last test, failed or not. */
export async function mochaGlobalTeardown(this: Shared): Promise<void> {
  await this.engine?.stop();
}
