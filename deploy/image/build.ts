/**
 * Builds the image of Lifeboat from this tree by the Dockerfile beside it. Nothing is pulled: the program is built already, and the image that
 * it runs in is made of the Node.js of this machine, unless another one is named.
 */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GenericContainer } from 'testcontainers';
import { sharedLibraries } from '../../envoy/image/shared-libraries.js';

const run = promisify(execFile);

/** The root of the repository, relative to `dist/deploy/image/`. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const NODE_IMAGE = 'localhost/lifeboat-node:latest';
const PROGRAM_IMAGE = 'localhost/lifeboat-program:latest';

/** The name that the chart and the manifests use: `lifeboat:VERSION`. */
export async function defaultImageName(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
  return `lifeboat:${version}`;
}

export interface LifeboatImageOptions {
  /** The name of the image. */
  readonly name: string;
  /** What it is built from, with Node.js. Default: an image with the Node.js of this machine and its libraries, which is built first. */
  readonly runtimeImage?: string;
}

/** Builds it with the Docker engine that testcontainers finds. The tree must be built. */
export async function buildLifeboatImage({ name, runtimeImage = NODE_IMAGE }: LifeboatImageOptions): Promise<void> {
  if (runtimeImage === NODE_IMAGE) await buildFromFiles(NODE_IMAGE, copyNode);
  await buildFromFiles(PROGRAM_IMAGE, assembleProgram);
  await inDirectory(async (context) => {
    await copyFile(join(ROOT, 'deploy/image/Dockerfile'), join(context, 'Dockerfile'));
    // BuildKit leaves out the stage that compiles, because nothing is taken from it.
    await GenericContainer.fromDockerfile(context)
      .withBuildkit()
      .withBuildArgs({ RUNTIME_IMAGE: runtimeImage, PROGRAM_IMAGE })
      .build(name, { deleteOnExit: false });
  });
}

/** Node.js and the libraries that it names. The loader expects them at the same paths as on this machine. */
async function copyNode(rootfs: string): Promise<void> {
  const node = await realpath(process.execPath);
  for (const library of await sharedLibraries(node)) await copyInto(library, join(rootfs, library));
  const target = join(rootfs, 'usr/local/bin/node');
  await copyInto(node, target);
  await chmod(target, 0o755);
}

async function assembleProgram(rootfs: string): Promise<void> {
  await run(join(ROOT, 'deploy/image/assemble.sh'), [join(rootfs, 'opt/lifeboat')]);
}

/** An image with these files and nothing else. */
async function buildFromFiles(image: string, fill: (rootfs: string) => Promise<void>): Promise<void> {
  await inDirectory(async (context) => {
    await mkdir(join(context, 'rootfs'));
    await fill(join(context, 'rootfs'));
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY rootfs/ /\n');
    await GenericContainer.fromDockerfile(context).build(image, { deleteOnExit: false });
  });
}

async function inDirectory(action: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-image-'));
  try {
    await action(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function copyInto(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target, constants.COPYFILE_FICLONE);
}
