/** The sources of resources: files, Kubernetes and etcd. What talks to etcd is loaded on demand: `etcd/watch-etcd.js`, `etcd/client.js`. */
export type { FileFinding } from './yaml/finding.js';
export type { ConfigPath } from './files/config-path.js';
export { type PathState, missingHint } from './contents/path-state.js';
export { STANDARD_INPUT, readFiles, type ReadFilesOptions, type LoadedFiles, type NamedText } from './read-files.js';
export { DEFAULT_READ_LIMITS, LARGEST_SYNTAX_LIMITS, type ReadLimits } from './yaml/limits.js';
export { type StoredState, StateError, readState, writeState } from './state/state-file.js';
export { createStateKeeper } from './state/state-keeper.js';
export { SourceError, type SourceErrorCode } from './files/source-error.js';
export type { ResourceBatch } from './contents/table.js';
export { MadeUpMeshes } from './made-up-meshes.js';
export { MergedBatches, inOneBatch } from './merged-batches.js';
export { type KubernetesClusters, type WatchedCluster, watchKubernetes } from './kubernetes/watch-kubernetes.js';
export type { WatchedEtcd } from './etcd/watch-etcd.js';
export type { EtcdServers } from './etcd/connection.js';
export { DEFAULT_ETCD_PREFIX, etcdPrefix, fileOfKey, keyOfResource, statusPrefix } from './etcd/keys.js';
export { watchFiles, type FileSource, type WatchOptions } from './watch-files.js';
export { runInTurns } from '../turns/run-in-turns.js';
