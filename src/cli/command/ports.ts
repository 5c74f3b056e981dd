/** What the commands need from the rest of the program. The composition root provides it; tests provide fakes. */
import type { ControlPlaneApi } from '../../control-plane/api.js';
import type { RunningServer, ServerOptions } from '../../serve.js';
import type { ConfigPath, ReadFilesOptions } from '../../source/index.js';

export interface Ports {
  /** Of the program, as in its package. */
  readonly version: string;
  /** Reads files and directories once and computes everything from them; nothing stays open. */
  load(paths: readonly ConfigPath[], options?: ReadFilesOptions): Promise<ControlPlaneApi>;
  /**
   * Starts the control plane; resolves when both addresses listen and all files were read once.
   * @throws AddressError
   */
  serve(options: ServerOptions): Promise<RunningServer>;
}
