/**
 * Follows the TLS files while the server runs: a new certificate is in use from the next handshake on, and a file that cannot be used
 * leaves the previous ones in use.
 */
import { unwatchFile, watchFile } from 'node:fs';
import { type TlsFiles, type TlsMaterial, readTlsFiles } from './tls-files.js';

/** Files are compared this often, in milliseconds: by polling, which notices a replaced symlink as well. */
const POLL_MS = 1_000;
/** Certificate and key are two files. What does not fit yet has this long, in milliseconds, before it is reported. */
const SETTLE_MS = 3_000;

export interface TlsRotationOptions {
  /** New handshakes use these from now on. */
  readonly use: (material: TlsMaterial) => void;
  /** The files changed and cannot be used; `error` is a `TlsFileError`. The previous ones stay in use. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds between two looks at the files. Default: 1 000. */
  readonly pollMs?: number;
  /** Milliseconds that certificate and key may differ. Default: 3 000. */
  readonly settleMs?: number;
}

export class TlsRotation {
  readonly #files: TlsFiles;
  readonly #options: TlsRotationOptions;
  readonly #onChange = (): void => void this.reload();
  #current: TlsMaterial;
  #failures = 0;
  #isClosed = false;
  #retry: NodeJS.Timeout | undefined;
  /** Reads one after the other. */
  #reading: Promise<void> = Promise.resolve();

  constructor(files: TlsFiles, current: TlsMaterial, options: TlsRotationOptions) {
    this.#files = files;
    this.#current = current;
    this.#options = options;
    for (const file of this.#paths())
      watchFile(file, { interval: options.pollMs ?? POLL_MS, persistent: false }, this.#onChange);
    // A file may have changed since it was read, and before the first look at it.
    void this.reload();
  }

  /** What is in use. */
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
      // The other file may not have been written yet. Each file that changed asks for a reload; one report is enough.
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => void this.#reloadSettled(), this.#options.settleMs ?? SETTLE_MS).unref();
    });
  }

  #reloadSettled(): Promise<void> {
    return this.#read((error) => {
      this.#failures += 1;
      this.#options.failed(error);
    });
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

function isEqual(one: TlsMaterial, other: TlsMaterial): boolean {
  const [clientCa, otherCa] = [one.clientCa, other.clientCa];
  const isSameCa = clientCa && otherCa ? clientCa.equals(otherCa) : clientCa === otherCa;
  return one.cert.equals(other.cert) && one.key.equals(other.key) && isSameCa;
}
