/** The table of resource kinds as TypeScript. */
const head = `/** A kind of resource: what it is called, where its fields stand, which messages describe it. */
export interface KindDescription {
  readonly kind: string;
  /** Other names that the kind goes by. */
  readonly aliases: readonly string[];
  /** Shorter names that people may ask for it by, as with kubectl. */
  readonly shortNames: readonly string[];
  /** Every \`apiVersion\` that is accepted. */
  readonly apiVersions: readonly string[];
  /** Full name of the message that describes its fields; the key of its JSON Schema. */
  readonly message: keyof ResourceMessages;
  /** Whether the fields stand under \`spec\` or at the top of the document. */
  readonly body: 'spec' | 'document';
  /** Full name of the message that describes its status; absent where Lifeboat writes none. */
  readonly status?: keyof ResourceMessages;
  /** Whether it has no namespace. */
  readonly clusterScoped: boolean;
  /** Whether every cluster has its own, so that the cluster is part of a resource's name. */
  readonly everyCluster: boolean;
  /** Whether only some of its fields are described, so that an unknown one is no mistake. */
  readonly open: boolean;
}

/** Every kind that is read. */
export const kinds = [
`;

export function kindsModule(kinds) {
  return `${head}${kinds.map(row).join('')}] as const satisfies readonly KindDescription[];\n`;
}

function row({ kind, aliases = [], shortNames = [], apiVersions, spec, status, body = 'spec', ...flags }) {
  const { clusterScoped = false, everyCluster = false, open = false } = flags;
  const fields = [
    `kind: '${kind}'`,
    `aliases: ${list(aliases)}`,
    `shortNames: ${list(shortNames)}`,
    `apiVersions: ${list(apiVersions)}`,
    `message: '${spec}'`,
    `body: '${body}'`,
    ...(status === undefined ? [] : [`status: '${status}'`]),
    `clusterScoped: ${clusterScoped}`,
    `everyCluster: ${everyCluster}`,
    `open: ${open}`,
  ];
  return `  {\n${fields.map((field) => `    ${field},\n`).join('')}  },\n`;
}

function list(texts) {
  return `[${texts.map((text) => `'${text}'`).join(', ')}]`;
}
