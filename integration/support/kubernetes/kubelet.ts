/** What kubelet does with the arguments of a container before it starts it. */

export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly hostAliases?: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
    readonly initContainers: readonly Container[];
  };
}

export interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: readonly {
    readonly name: string;
    readonly valueFrom: { readonly fieldRef: { readonly fieldPath: string } };
  }[];
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
}

/** The arguments of a container of a Pod that has this address. */
export function argumentsOf(pod: Pod, container: Container, address: string): readonly string[] {
  const values = new Map(
    container.env.map(({ name, valueFrom }) => [name, fieldOf(pod, valueFrom.fieldRef.fieldPath, address)]),
  );
  return container.args.map((text) => expanded(text, values));
}

/** https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields */
function fieldOf({ metadata }: Pod, path: string, address: string): string {
  const [, label] = /^metadata\.labels\['(.*)'\]$/u.exec(path) ?? [];
  if (label !== undefined) return metadata.labels?.[label] ?? '';
  const fields = { 'metadata.name': metadata.name, 'metadata.namespace': metadata.namespace, 'status.podIP': address };
  const value = new Map(Object.entries(fields)).get(path);
  if (value === undefined) throw new Error(`The downward API has no field ${path}.`);
  return value;
}

/** `$$` is a `$`; a reference to a variable that does not exist stays. https://pkg.go.dev/k8s.io/kubernetes/third_party/forked/golang/expansion */
function expanded(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\$|\$\(([^)]*)\)/gu, (match: string, name: string | undefined) =>
    name === undefined ? '$' : (values.get(name) ?? match),
  );
}
