/** What the commands need from the rest of the program. The composition root provides it; tests provide fakes. */
import type { ControlPlaneApi } from '../../control-plane/api/api.js';
import type { RunningServer, ServerOptions } from '../../serve.js';
import type { ConfigPath, ReadFilesOptions } from '../../source/index.js';

export interface Ports {
  /** The version of the program. */
  readonly version: string;
  /** Reads files and directories once and computes everything from them. Leaves nothing open. */
  load(paths: readonly ConfigPath[], options?: ReadFilesOptions): Promise<ControlPlaneApi>;
  /**
   * Starts the control plane. Resolves when both addresses listen and all files were read once.
   * @throws AddressError
   */
  serve(options: ServerOptions): Promise<RunningServer>;
}
