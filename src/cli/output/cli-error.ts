/** How a command ends: the exit codes and the one error class that leads to the bad ones. */

/** 0 fine, 1 a check failed or something asked for is not there, 2 wrong usage, 3 the control plane cannot be reached. */
export const EXIT = { fine: 0, failed: 1, usage: 2, unreachable: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command cannot do what it was asked to; the message is a sentence for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(code: 'failed' | 'usage' | 'unreachable', message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = EXIT[code];
  }
}
