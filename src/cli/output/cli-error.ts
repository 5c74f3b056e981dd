/** The exit codes of commands, and the error class that maps to them. */

/** 0: success; 1: a check failed or a resource does not exist; 2: wrong usage; 3: the control plane, or etcd, cannot be reached. */
export const EXIT = { fine: 0, failed: 1, usage: 2, unreachable: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command failed. The message is a sentence for the user. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(code: 'failed' | 'usage' | 'unreachable', message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = EXIT[code];
  }
}
