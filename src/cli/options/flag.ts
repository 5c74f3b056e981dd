/**
 * A flag of a command: a commander option that can also be set by an environment variable or in the settings file.
 */
import { Option } from 'commander';

export interface FlagOptions {
  /** The default value. Absent: none, or `false` for a switch. */
  readonly default?: string | readonly string[];
  readonly choices?: readonly string[];
  /** Whether the command requires it. */
  readonly needed?: boolean;
  /** The help's description of the default, if there is no default value. */
  readonly without?: string;
}

export class Flag extends Option {
  readonly needed: boolean;
  readonly without: string | undefined;

  /** @param flags in commander's syntax: `--config <path...>` is a list, `--insecure` a switch. */
  constructor(flags: string, description: string, options: FlagOptions = {}) {
    super(flags, description);
    this.needed = options.needed ?? false;
    this.without = options.without;
    if (options.choices !== undefined) this.choices(options.choices);
    if (options.default !== undefined) this.default(options.default);
  }

  /** Name of the environment variable. */
  get variable(): string {
    return variableOf(this.name());
  }

  /** The help text: description, choices, default and variable. */
  get explanation(): string {
    const facts = [
      this.argChoices === undefined ? undefined : `one of ${this.argChoices.join(', ')}`,
      this.needed ? 'required' : `default: ${this.#defaultText()}`,
      `env: ${this.variable}`,
    ];
    return `${this.description} (${facts.filter((fact) => fact !== undefined).join('; ')})`;
  }

  #defaultText(): string {
    if (typeof this.defaultValue === 'string') return this.defaultValue;
    if (Array.isArray(this.defaultValue)) return this.defaultValue.join(' ');
    return this.without ?? (this.isBoolean() ? 'off' : 'none');
  }
}

/** `LIFEBOAT_XDS_ADDRESS` for the flag `xds-address`. */
export function variableOf(flag: string): string {
  return `LIFEBOAT_${flag.toUpperCase().replaceAll('-', '_')}`;
}
