/**
 * A gRPC client without an Envoy, as a separate program, because its bootstrap comes from the environment. It makes one call after the other
 * and counts answers and errors. The programs are those of `examples/grpc`.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RunningProgram, runProgram } from '../processes/child-process.js';
import { eventually } from '../processes/eventually.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** The gRPC library: `@grpc/grpc-js-xds`, or `grpcio`, which uses gRPC's core in C++. */
export type GrpcLibrary = 'node' | 'python';

export interface GrpcClientOptions {
  readonly library: GrpcLibrary;
  /** The file that `lifeboat bootstrap --grpc` printed. */
  readonly bootstrap: string;
  /** `xds:///hostname:port`. */
  readonly target: string;
  /** `/package.Service/Method`. */
  readonly method: string;
}

export class GrpcClient {
  readonly #program: RunningProgram;
  readonly #answered = new Map<string, number>();
  readonly #errors: string[] = [];
  #answers = 0;

  private constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#program = runProgram(command, args, { env, onLine: (line) => this.#count(line) });
  }

  static async start({ library, bootstrap, target, method }: GrpcClientOptions): Promise<GrpcClient> {
    const env = { GRPC_XDS_BOOTSTRAP: bootstrap };
    if (library === 'node')
      return new GrpcClient(process.execPath, [`${ROOT}examples/grpc/client.mjs`, target, method], env);
    const { stdout } = await run(`${ROOT}integration/support/grpcio.sh`);
    return new GrpcClient('python3', [`${ROOT}examples/grpc/client.py`, target, method], {
      ...env,
      PYTHONPATH: stdout.trim(),
    });
  }

  /** The last lines of its output. */
  get log(): readonly string[] {
    return this.#program.output;
  }

  /** The number of answers, by backend. */
  get answered(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#answered);
  }

  /** The calls that failed: `error CODE: DETAILS`. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  /** Waits until `count` consecutive calls were answered by these backends, each of them at least once, and by no other. */
  async settlesOn(backends: readonly string[], count = 50): Promise<void> {
    const others = (): number =>
      this.#answers - backends.reduce((sum, name) => sum + (this.#answered.get(name) ?? 0), 0);
    let start = { others: others(), answers: this.#answers, answered: this.answered };
    await eventually(
      () => {
        if (others() !== start.others) start = { others: others(), answers: this.#answers, answered: this.answered };
        const all = backends.every((name) => (this.#answered.get(name) ?? 0) > (start.answered[name] ?? 0));
        return all && this.#answers - start.answers >= count;
      },
      { what: `all calls go to ${backends.join(', ')}` },
    );
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }

  #count(line: string): void {
    if (line.startsWith('error ')) this.#errors.push(line);
    // The output also contains messages of the library.
    if (!/^[\w-]+$/.test(line)) return;
    this.#answers += 1;
    this.#answered.set(line, (this.#answered.get(line) ?? 0) + 1);
  }
}
