/** The interface of `serve`: options, the running server, and the error for an address that cannot be used. It must not start anything. */
import type { KubeConfig } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { formatAddress, type SocketAddress } from './admin/queries/text-forms.js';
import type { ConfigPath, KubernetesClusters, ReadLimits, WatchedEtcd } from './source/index.js';
import type { AccessFiles } from './access/access-files.js';
import type { TlsFiles } from './tls/tls-files.js';
import type { ListenOptions, Transport, XdsLimits } from './xds/index.js';

/** What clients may cost. */
export interface ServerLimits {
  readonly streams: Partial<XdsLimits>;
  readonly connections: Pick<ListenOptions, 'maxConnectionsPerAddress' | 'incompleteMs' | 'maxConnectionAgeMs'>;
}

/** How the admin address is protected. */
export interface AdminProtection {
  /** Absent: plain text. */
  readonly tls?: TlsFiles;
  /** The file of the bearer token that requests need. Absent: none. */
  readonly tokenFile?: string;
}

/** Where statuses and events are written in Kubernetes. */
export interface KubernetesWrites {
  /** The management cluster. */
  readonly config: KubeConfig;
  /** Of the Lease. */
  readonly namespace: string;
  readonly writesPerSecond: number;
}

export interface ServerOptions {
  /** The version of the program. */
  readonly version: string;
  /** Files and directories of resources. */
  readonly config: readonly ConfigPath[];
  /** Kubernetes clusters to read from. Absent: none. */
  readonly kubernetes?: KubernetesClusters;
  /** In which namespace a Mesh is made up for each cluster that has none. Absent: none is made up. */
  readonly kubernetesMeshes?: { readonly namespace: string };
  /** Where statuses and events are written. Absent: nowhere. */
  readonly kubernetesWrites?: KubernetesWrites;
  /** Where documents are in etcd. Absent: nowhere. */
  readonly etcd?: WatchedEtcd;
  /** Whether to serve Envoys even if a path has no resources. */
  readonly allowEmpty: boolean;
  /** Milliseconds that the last resources of a path stay in force after it suddenly becomes empty. */
  readonly emptyGraceMs: number;
  /** Milliseconds that endpoints stay in force when a service suddenly loses more than half of them. */
  readonly shrinkGraceMs: number;
  /** Where what is in force is kept on disk. Absent: nowhere. */
  readonly stateDirectory?: string;
  /** What is read of the files. */
  readonly readLimits: ReadLimits;
  readonly xdsAddress: SocketAddress;
  readonly adminAddress: SocketAddress;
  readonly admin: AdminProtection;
  /** TLS of the xDS address; the files are followed. Absent: plain text. */
  readonly tls?: TlsFiles;
  /** Who may connect, and be which node; the files are followed. Absent: clients are not authenticated. */
  readonly access?: AccessFiles;
  /** The gRPC implementation of the xDS address. */
  readonly transport: Transport;
  /** Whether a resource that an Envoy rejects is withheld from others until it changes. */
  readonly isolateNacks: boolean;
  /** Milliseconds between two load reports of an Envoy; 0: no reports. */
  readonly loadReportIntervalMs: number;
  /** Default: those of `DEFAULT_LIMITS` and of a listener. */
  readonly limits?: ServerLimits;
  readonly logger: Logger;
}

/** What writes statuses to where the resources come from. Of several control planes, one writes at a time. */
export interface StatusWriting {
  /** A resource, or its status there, has changed. */
  changed(): void;
  /** Writes nothing more, and lets another control plane begin. */
  close(): Promise<void>;
}

export interface RunningServer {
  /** Reads all files again. Resolves when the changes are applied. */
  reload(): Promise<void>;
  /**
   * Becomes not ready, sends GOAWAY to the clients, waits for their streams to end, up to a limit, then closes everything.
   * Idempotent.
   */
  drain(): Promise<void>;
}

/** Listening on an address failed: another process uses it, this host does not have it, or the system denies it. */
export class AddressError extends Error {
  override readonly name = 'AddressError';

  /** @param flag the flag that sets the address, such as `--xds-address`. */
  constructor(address: SocketAddress, flag: string, cause: unknown) {
    super(`Cannot listen on ${formatAddress(address)}: ${listenProblem(cause, flag)}`, { cause });
  }
}

function listenProblem(cause: unknown, flag: string): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const explain = listenProblems[code];
  if (explain !== undefined) return `${explain(flag)} (${code})`;
  return cause instanceof Error ? cause.message : String(cause);
}

/** By the error codes of Node.js: https://nodejs.org/api/errors.html#common-system-errors */
const listenProblems: Readonly<Record<string, (flag: string) => string>> = {
  EADDRINUSE: (flag) => `another process uses this port. Stop it, or choose another port with ${flag}`,
  EADDRNOTAVAIL: (flag) => `this host does not have the address. Set ${flag} to an address of this host, or to 0.0.0.0`,
  EACCES: (flag) => `the system does not permit it. Choose a port above 1023 with ${flag}`,
  ENOTFOUND: (flag) => `the host name cannot be resolved. Set ${flag} to an IP address`,
};
