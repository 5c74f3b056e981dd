/**
 * Follows the TLS files while the server runs. New certificates are used from the next handshake on. While a file cannot be used, the previous
 * files stay in use.
 */
import { type Stats, unwatchFile, watchFile } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type TlsFiles, type TlsMaterial, readTlsFiles } from './tls-files.js';

/** Interval at which the files are compared, in milliseconds. Polling also detects a replaced symlink. */
const POLL_MS = 1_000;
/** Certificate and key are two files that are not replaced at the same time. A mismatch is reported only after this time, in milliseconds. */
const SETTLE_MS = 3_000;

export interface TlsRotationOptions {
  /** Uses this material for new handshakes. */
  readonly use: (material: TlsMaterial) => void;
  /** The changed files cannot be used. `error` is a `TlsFileError`. The previous files stay in use. */
  readonly failed: (error: unknown) => void;
  /** Interval at which the files are compared, in milliseconds. Default: 1 000. */
  readonly pollMs?: number;
  /** Time for which certificate and key may not match, in milliseconds. Default: 3 000. */
  readonly settleMs?: number;
}

export class TlsRotation {
  readonly #files: TlsFiles;
  readonly #options: TlsRotationOptions;
  readonly #onChange = (): void => void this.reload();
  #current: TlsMaterial;
  #failures = 0;
  /** The revision of the files that were last reported. */
  #reported = '';
  #isClosed = false;
  #retry: NodeJS.Timeout | undefined;
  /** Reads run one after the other. */
  #reading: Promise<void> = Promise.resolve();

  constructor(files: TlsFiles, current: TlsMaterial, options: TlsRotationOptions) {
    this.#files = files;
    this.#current = current;
    this.#options = options;
    for (const file of this.#paths())
      watchFile(file, { interval: options.pollMs ?? POLL_MS, persistent: false }, this.#onChange);
    // A file may have changed between the first read and the first comparison.
    void this.reload();
  }

  /** The material in use. */
  get current(): TlsMaterial {
    return this.#current;
  }

  /** How often changed files could not be used. */
  get failures(): number {
    return this.#failures;
  }

  /** Reads the files and uses them if they differ. Never rejects. */
  reload(): Promise<void> {
    return this.#read(() => {
      // The other file may not be written yet. Each changed file requests a reload; one report is enough.
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => void this.#reloadSettled(), this.#options.settleMs ?? SETTLE_MS).unref();
    });
  }

  async #reloadSettled(): Promise<void> {
    const revision = await this.#revision();
    await this.#read((error) => {
      // Each file that changed asks for a reload: the same files are reported once.
      if (revision === this.#reported) return;
      this.#reported = revision;
      this.#failures += 1;
      this.#options.failed(error);
    });
  }

  /** Differs after each change of the files. */
  async #revision(): Promise<string> {
    const all = await Promise.all(this.#paths().map((path) => stat(path).catch(() => undefined)));
    return all.map((one) => (one === undefined ? '' : revisionOf(one))).join(' ');
  }

  #read(failed: (error: unknown) => void): Promise<void> {
    this.#reading = this.#reading.then(async () => {
      try {
        this.#take(await readTlsFiles(this.#files, Date.now()));
      } catch (error) {
        if (!this.#isClosed) failed(error);
      }
    });
    return this.#reading;
  }

  #take(material: TlsMaterial): void {
    clearTimeout(this.#retry);
    this.#reported = '';
    if (this.#isClosed || isEqual(material, this.#current)) return;
    this.#options.use(material);
    this.#current = material;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    for (const file of this.#paths()) unwatchFile(file, this.#onChange);
  }

  #paths(): readonly string[] {
    const { cert, key, clientCa } = this.#files;
    return [cert, key, ...(clientCa === undefined ? [] : [clientCa])];
  }
}

function revisionOf({ dev, ino, mtimeMs, size }: Stats): string {
  return [dev, ino, mtimeMs, size].join();
}

function isEqual(one: TlsMaterial, other: TlsMaterial): boolean {
  const [clientCa, otherCa] = [one.clientCa, other.clientCa];
  const isSameCa = clientCa && otherCa ? clientCa.equals(otherCa) : clientCa === otherCa;
  return one.cert.equals(other.cert) && one.key.equals(other.key) && isSameCa;
}
