import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Certificate, selfSigned } from '../testing/certificate.js';
import { type TlsFiles, type TlsMaterial, readTlsFiles } from './tls-files.js';
import { TlsRotation } from './tls-rotation.js';

const [first, second, third] = [selfSigned('first'), selfSigned('second'), selfSigned('third')];

const SETTLE_MS = 20;

/** Resolves when a rotation that was asked for before has tried again. */
function settled(): Promise<void> {
  return delay(2 * SETTLE_MS);
}

describe('the rotation of TLS files', () => {
  let directory = '';
  let rotation: TlsRotation | undefined;
  const events = new EventEmitter();

  beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'lifeboat-tls-'))));
  afterEach(async () => {
    rotation?.close();
    await rm(directory, { recursive: true });
  });

  async function write({ cert, key }: Partial<Certificate>, folder = directory): Promise<void> {
    await mkdir(folder, { recursive: true });
    if (cert !== undefined) await replace(join(folder, 'tls.crt'), cert);
    if (key !== undefined) await replace(join(folder, 'tls.key'), key);
  }

  async function replace(file: string, text: string): Promise<void> {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  }

  /** Makes the symlink `data` lead to this folder, in one step. */
  async function link(folder: string): Promise<void> {
    await symlink(folder, join(directory, 'data.new'));
    await rename(join(directory, 'data.new'), join(directory, 'data'));
  }

  async function follow(folder = directory): Promise<TlsRotation> {
    const files: TlsFiles = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
    rotation = new TlsRotation(files, await readTlsFiles(files, Date.now()), {
      use: (material) => events.emit('use', material),
      failed: (error) => events.emit('failed', error),
      pollMs: 5,
      settleMs: SETTLE_MS,
    });
    return rotation;
  }

  async function used(): Promise<string> {
    const [material] = (await once(events, 'use')) as [TlsMaterial];
    return material.cert.toString();
  }

  it('uses files that replace the first ones', async () => {
    await write(first);
    await follow();
    const next = used();
    await write(second);
    assert.equal(await next, second.cert);
  });

  it('uses files behind a symlink that is replaced, as Kubernetes replaces those of a Secret', async () => {
    await write(first, join(directory, 'one'));
    await write(second, join(directory, 'two'));
    await link('one');
    await follow(join(directory, 'data'));
    const next = used();
    await link('two');
    assert.equal(await next, second.cert);
  });

  it('keeps the files in use while a certificate lacks its key, reports that, and uses the pair when it is complete', async () => {
    await write(first);
    const following = await follow();
    const failed = once(events, 'failed');
    await write({ cert: second.cert });
    const [error] = (await failed) as [Error];
    assert.match(error.message, /is not the key of the certificate/);
    assert.equal(following.current.cert.toString(), first.cert);
    assert.equal(following.failures, 1);
    const next = used();
    await write({ key: second.key });
    assert.equal(await next, second.cert);
  });

  it('reports once that two changed files cannot be used', async () => {
    await write(first, join(directory, 'one'));
    await write({ cert: second.cert, key: third.key }, join(directory, 'bad'));
    await write(second, join(directory, 'two'));
    await link('one');
    const following = await follow(join(directory, 'data'));
    const failures: unknown[] = [];
    events.on('failed', (error) => failures.push(error));
    const failed = once(events, 'failed');
    await link('bad');
    await failed;
    // A second report would come from these.
    for (let reloads = 0; reloads < 3; reloads += 1) {
      await following.reload();
      await settled();
    }
    const next = used();
    await link('two');
    await next;
    assert.equal(failures.length, 1);
    events.removeAllListeners();
  });

  it('uses files that were replaced before the first comparison', async () => {
    await write(first);
    const files: TlsFiles = { cert: join(directory, 'tls.crt'), key: join(directory, 'tls.key') };
    const material = await readTlsFiles(files, Date.now());
    await write(second);
    const next = used();
    rotation = new TlsRotation(files, material, {
      use: (taken) => events.emit('use', taken),
      failed: (error) => events.emit('failed', error),
    });
    assert.equal(await next, second.cert);
  });

  it('does nothing once it is closed', async () => {
    await write(first);
    const following = await follow();
    const heard: unknown[] = [];
    for (const event of ['use', 'failed']) events.on(event, (of) => heard.push(of));
    const reading = following.reload();
    await write(second);
    following.close();
    await reading;
    await following.reload();
    assert.deepEqual(heard, []);
    events.removeAllListeners();
  });

  it('ignores files that are rewritten with the same content', async () => {
    await write(first);
    const following = await follow();
    const uses: unknown[] = [];
    events.on('use', (material) => uses.push(material));
    await write(first);
    await following.reload();
    assert.deepEqual(uses, []);
    await write(third);
    await following.reload();
    assert.equal(uses.length, 1);
    events.removeAllListeners();
  });
});
