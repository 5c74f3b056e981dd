/** A file that is followed while the server runs: what it says is used from then on, and what cannot be used leaves the previous in use. */
import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** The file is looked at this often, in milliseconds: by polling, which notices a replaced symlink as well. */
const POLL_MS = 1_000;
/** Larger files are not read, in bytes. */
const MAX_BYTES = 4 << 20;

export interface FollowedFileOptions<Content> {
  readonly path: string;
  /** Reads the text. What it throws is reported to `failed`. */
  readonly parse: (text: string) => Content | Promise<Content>;
  readonly use: (content: Content) => void;
  /** The file changed and cannot be used. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds between two looks at the file. Default: 1 000. */
  readonly pollMs?: number;
}

export class FollowedFile<Content> {
  readonly #options: FollowedFileOptions<Content>;
  readonly #onChange = (): void => void this.reload();
  #text: string;
  #isClosed = false;
  /** Reads one after the other. */
  #reading: Promise<void> = Promise.resolve();

  /** @param text the content that is in use. */
  constructor(text: string, options: FollowedFileOptions<Content>) {
    this.#text = text;
    this.#options = options;
    watchFile(options.path, { interval: options.pollMs ?? POLL_MS, persistent: false }, this.#onChange);
    // It may have changed since it was read, and before the first look at it.
    void this.reload();
  }

  /** Reads the file and uses it if it changed. Never rejects. */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    return this.#reading;
  }

  async #read(): Promise<void> {
    const { path, parse, use, failed } = this.#options;
    try {
      const text = await readSmallFile(path);
      if (text === this.#text || this.#isClosed) return;
      this.#text = text;
      use(await parse(text));
    } catch (error) {
      if (!this.#isClosed) failed(error);
    }
  }

  close(): void {
    this.#isClosed = true;
    unwatchFile(this.#options.path, this.#onChange);
  }
}

/** @throws Error with a reason for people. */
export async function readSmallFile(path: string): Promise<string> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Error(code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`, { cause: error });
  }
  if (content.length > MAX_BYTES) throw new Error(`has more than ${MAX_BYTES} bytes`);
  return content.toString('utf8');
}
