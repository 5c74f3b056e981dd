/** The schemas of statuses: what the seeds show, and conditions as Kubernetes has them. */
import type { DocumentSchema } from '../../api/decode-schema.js';
import { type StructuralSchema, toStructural } from './structural-schema.js';

/** https://kubernetes.io/docs/reference/kubernetes-api/definitions/condition-v1-meta/ */
const CONDITION: StructuralSchema = {
  type: 'object',
  required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
  properties: {
    type: { type: 'string', description: '`Accepted`, `ResolvedRefs` or `Programmed`.' },
    status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
    reason: { type: 'string', description: 'Why, in one word.' },
    message: { type: 'string', description: 'Why, in a sentence.' },
    observedGeneration: { type: 'integer', description: 'Generation of the resource that the condition describes.' },
    lastTransitionTime: { type: 'string', description: 'When `status` changed last.' },
  },
};

export function statusSchema(document: DocumentSchema): StructuralSchema {
  const status = toStructural(withoutOneofs(document), document);
  return {
    ...status,
    nullable: true,
    properties: {
      ...status.properties,
      conditions: {
        description: 'Whether the resource is accepted, its references exist, and the proxies acknowledged it.',
        type: 'array',
        items: CONDITION,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
      },
    },
  };
}

/** Only Lifeboat writes statuses, so the server need not check them. */
function withoutOneofs(document: DocumentSchema): DocumentSchema {
  const definitions = Object.entries(document.definitions).map(
    ([name, { oneofs: _, ...rest }]) => [name, rest] as const,
  );
  return { ...document, definitions: Object.fromEntries(definitions) };
}
