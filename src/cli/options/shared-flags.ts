/** Flags that several commands share. Each call makes a new flag. */
import { Flag } from './flag.js';

/** Default address for Envoys. */
export const DEFAULT_XDS_ADDRESS = '127.0.0.1:18000';
/** Default address for health, metrics and the API. */
export const DEFAULT_ADMIN_ADDRESS = '127.0.0.1:18001';

export function outputFlag(choices: readonly string[], standard: string): Flag {
  return new Flag('-o, --output <format>', 'format of the result', { choices, default: standard });
}

export function watchFlag(): Flag {
  return new Flag('-w, --watch', 'print changes until Ctrl-C');
}

/** `--config` as an alternative to `--server`. */
export function offlineConfigFlag(): Flag {
  return new Flag(
    '--config <path...>',
    'files or directories of resources, used instead of a server; NAME=PATH sets the cluster of resources that do not name one',
    {
      without: 'ask the server',
    },
  );
}

export function clusterFlag(without: string): Flag {
  return new Flag('--cluster <name>', 'cluster or site of the Envoy, which also determines its mesh', {
    without,
  });
}

export function labelsFlag(): Flag {
  return new Flag('--labels <k=v,...>', 'labels of the workload of the Envoy');
}
