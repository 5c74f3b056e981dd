/** Builds an Envoy image from `scratch`, so that no base image is pulled. Contains the binary and its shared libraries. */
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GenericContainer } from 'testcontainers';
import { sharedLibraries } from './shared-libraries.js';

/** The image that `make image` builds and the integration tests run. */
export const ENVOY_IMAGE = 'localhost/lifeboat-envoy:latest';

/** The root of the repository, relative to `dist/envoy/image/`. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Builds {@link ENVOY_IMAGE} with the Docker engine that testcontainers finds. */
export async function buildEnvoyImage(binary: string): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'lifeboat-image-'));
  try {
    await assembleContext(context, binary);
    await GenericContainer.fromDockerfile(context).build(ENVOY_IMAGE, { deleteOnExit: false });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

async function assembleContext(context: string, binary: string): Promise<void> {
  await copyFile(join(ROOT, 'envoy/image/Dockerfile'), join(context, 'Dockerfile'));
  const rootfs = join(context, 'rootfs');
  // Docker copies files into an image unchanged, and the loader expects the libraries at the same paths as on this machine.
  for (const library of await sharedLibraries(binary)) await copyInto(library, join(rootfs, library));
  const envoy = join(rootfs, 'usr/local/bin/envoy');
  await copyInto(binary, envoy);
  await chmod(envoy, 0o755);
  await mkdir(join(rootfs, 'etc/envoy'), { recursive: true });
  await mkdir(join(rootfs, 'tmp'), { recursive: true });
}

async function copyInto(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target, constants.COPYFILE_FICLONE);
}
