/**
 * The sidecar: an init container that keeps running, started before the containers of the application and ended after them. It does not keep a
 * Job from completing. https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
import { stringify } from 'yaml';
import { type InjectOptions, SIDECAR_NAME, TLS_DIRECTORY, TLS_VOLUME } from './options.js';
import { READY_PATH, adminCluster, readyListener } from './readiness.js';
import { variable, withReferences } from './variables.js';

/** Variables that kubelet sets, and the fields of the Pod that they have. https://kubernetes.io/docs/concepts/workloads/pods/downward-api/ */
const POD_FIELDS = { POD_NAME: 'metadata.name', POD_NAMESPACE: 'metadata.namespace', POD_IP: 'status.podIP' } as const;

/** Kubernetes gives Pods these labels of their Node from version 1.35 on. The value of a label that is absent is empty. */
const TOPOLOGY_FIELDS = {
  TOPOLOGY_REGION: "metadata.labels['topology.kubernetes.io/region']",
  TOPOLOGY_ZONE: "metadata.labels['topology.kubernetes.io/zone']",
} as const;

/** The user of the official distroless images, which are also started as another user by no other. */
const USER = 65532;
/** Threads that handle connections. Envoy's own default is the number of the Node's processors, whatever the limits of the container. */
const CONCURRENCY = '2';
/** In seconds: how long the application waits for the first configuration before the sidecar is started anew. */
const STARTUP_SECONDS = 600;

/** @param labels of the Pod, which become `LABELS` of the node. */
export function sidecar(labels: Readonly<Record<string, string>>, options: InjectOptions): object {
  const probe = { httpGet: { path: READY_PATH, port: options.readyPort } };
  const fields = options.locality === undefined ? { ...POD_FIELDS, ...TOPOLOGY_FIELDS } : POD_FIELDS;
  return {
    name: SIDECAR_NAME,
    image: options.image,
    restartPolicy: 'Always',
    args: [
      '--config-yaml',
      bootstrapText(labels, options),
      // Envoys in the same network namespace share the abstract sockets of hot restart, and the application may be one.
      '--disable-hot-restart',
      '--concurrency',
      CONCURRENCY,
      '--log-level',
      'warning',
    ],
    env: Object.entries(fields).map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { fieldPath } } })),
    ports: [{ name: 'lifeboat-ready', containerPort: options.readyPort }],
    startupProbe: { ...probe, periodSeconds: 1, failureThreshold: STARTUP_SECONDS },
    readinessProbe: { ...probe, periodSeconds: 10, failureThreshold: 3 },
    resources: {
      requests: { cpu: options.cpu, memory: options.memory },
      limits: { memory: options.memory },
    },
    // What the Pod Security Standard "restricted" demands, and a file system that cannot be written to.
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsGroup: USER,
      runAsNonRoot: true,
      runAsUser: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(options.tlsSecret !== undefined && {
      volumeMounts: [{ name: TLS_VOLUME, mountPath: TLS_DIRECTORY, readOnly: true }],
    }),
  };
}

/** The bootstrap as YAML. All texts are quoted, because what kubelet puts in may look like a number, or end with a colon. */
function bootstrapText(labels: Readonly<Record<string, string>>, options: InjectOptions): string {
  const [ip, name, namespace] = [variable('POD_IP'), variable('POD_NAME'), variable('POD_NAMESPACE')];
  const bootstrap = options.bootstrap({
    // As in Istio; the address tells a Pod of a StatefulSet from the one before it.
    nodeId: `sidecar~${ip}~${name}.${namespace}~${options.cluster}`,
    locality: options.locality ?? { region: variable('TOPOLOGY_REGION'), zone: variable('TOPOLOGY_ZONE') },
    metadata: { NAMESPACE: namespace, ...(Object.keys(labels).length > 0 && { LABELS: labels }) },
    listeners: [readyListener(ip, options.readyPort)],
    clusters: [adminCluster(options.admin)],
  });
  return stringify(withReferences(bootstrap), {
    aliasDuplicateObjects: false,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    indentSeq: false,
    lineWidth: 0,
  });
}
