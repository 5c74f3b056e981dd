/** Flags that several commands have, so that they mean the same everywhere. Made anew for each command. */
import { Flag } from './flag.js';

/** Where `serve` answers Envoys unless told otherwise. */
export const DEFAULT_XDS_ADDRESS = '127.0.0.1:18000';
/** Where `serve` answers people and probes unless told otherwise. */
export const DEFAULT_ADMIN_ADDRESS = '127.0.0.1:18001';

export function serverFlag(): Flag {
  return new Flag('--server <url>', 'admin address of the control plane', {
    default: `http://${DEFAULT_ADMIN_ADDRESS}`,
  });
}

export function outputFlag(choices: readonly string[], standard: string): Flag {
  return new Flag('-o, --output <format>', 'format of the result', { choices, default: standard });
}

export function watchFlag(): Flag {
  return new Flag('-w, --watch', 'go on and print what changes, until Ctrl-C');
}

/** `--config` where it stands in the place of `--server`. */
export function offlineConfigFlag(): Flag {
  return new Flag(
    '--config <path...>',
    'files or directories of resources, to answer from them without a server; NAME=PATH names the cluster of those that name none',
    {
      without: 'ask the server',
    },
  );
}

export function clusterFlag(without: string): Flag {
  return new Flag('--cluster <name>', 'cluster or site that the Envoy runs in; its mesh is the one installed there', {
    without,
  });
}

export function labelsFlag(): Flag {
  return new Flag('--labels <k=v,...>', 'labels of the workload that the Envoy serves');
}
