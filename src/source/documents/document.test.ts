import assert from 'node:assert/strict';
import { readDocument } from './document.js';
import { runToEnd } from '../../turns/run-to-end.js';

/** The keys of the resources, then `line:column severity code message` of the problems. */
function read(text: string): readonly string[] {
  const { resources, findings } = runToEnd(readDocument({ line: 1, text }));
  return [
    ...resources.map(({ ref, within }) => [`${ref.kind}/${ref.namespace}/${ref.name}`, ...within].join(' ')),
    ...findings.map(({ line, column, severity, code, message }) => `${line}:${column} ${severity} ${code} ${message}`),
  ];
}

describe('readDocument', () => {
  it('returns the envelope with defaults', () => {
    const text = `apiVersion: discovery.smh.solo.io/v1alpha2
kind: TrafficTarget
metadata:
  name: a
  labels: {x: z}
  annotations:
  creationTimestamp: null
spec: {}
`;
    const [resource] = runToEnd(readDocument({ line: 1, text })).resources;
    assert.deepEqual(resource, {
      ref: { kind: 'Destination', namespace: 'default', name: 'a' },
      apiVersion: 'discovery.smh.solo.io/v1alpha2',
      kind: 'TrafficTarget',
      metadata: { name: 'a', namespace: 'default', labels: { x: 'z' }, annotations: {} },
      document: {
        apiVersion: 'discovery.smh.solo.io/v1alpha2',
        kind: 'TrafficTarget',
        metadata: { name: 'a', labels: { x: 'z' }, annotations: null, creationTimestamp: null },
        spec: {},
      },
      within: [],
    });
  });

  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['a node has no namespace', '{apiVersion: v1, kind: Node, metadata: {name: a, namespace: b}}', ['Node//a']],
    [
      'the items of a List, and of Lists in it',
      'kind: List\nitems: [{apiVersion: v1, kind: Pod, metadata: {name: a}}, {kind: List, items: [{apiVersion: v1, kind: Node, metadata: {name: b}}]}]',
      ['Pod/default/a items 0', 'Node//b items 1 items 0'],
    ],
    [
      'a list of one kind says the kind once',
      '{apiVersion: v1, kind: PodList, items: [{metadata: {name: a}}, {kind: Node, metadata: {name: b}}]}',
      ['Pod/default/a items 0', 'Node//b items 1'],
    ],
    ['a List of nothing', 'kind: List\nitems: []', []],
    ['a List without items', 'kind: List', []],
    [
      'no resource',
      '- a',
      [
        '1:1 error NotAResource A resource is a mapping with apiVersion, kind and metadata; this is a list. Separate resources by lines of "---", or make the list the "items" of a document of "kind: List".',
      ],
    ],
    [
      'all that is missing',
      'spec: {}',
      [
        '1:1 error NotAResource A resource is a mapping with apiVersion, kind and metadata; this has none of them, but "spec". Move files that are not resources, such as values of a Helm chart, out of this path.',
      ],
    ],
    [
      'no metadata',
      'apiVersion: v1\nkind: Pod\nspec: {}',
      ['1:1 error MissingField Missing required field "metadata". It must contain at least the name of the resource.'],
    ],
    [
      'a name that only the API server would make up',
      'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}',
      ['3:1 error MissingField Missing required field "metadata.name". "generateName" is for the API server only.'],
    ],
    [
      'a kustomization',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]',
      [
        '1:1 warning NotAResource This is a kustomization, not a resource; it is ignored. Run "kubectl kustomize" and give Lifeboat what it prints.',
      ],
    ],
    [
      'a kustomization that does not say so',
      'namePrefix: a-\nresources: [a.yaml]',
      [
        '1:1 warning NotAResource This is a kustomization, not a resource; it is ignored. Run "kubectl kustomize" and give Lifeboat what it prints.',
      ],
    ],
    [
      'the description of a chart',
      'apiVersion: v2\nname: a\nversion: 1.0.0',
      [
        '1:1 warning NotAResource This is the description of a Helm chart, not a resource. Run "helm template" and give Lifeboat what it prints.',
      ],
    ],
    [
      'values of a chart',
      'replicas: 3\nimage: {tag: 1}\na: b\nc: d',
      [
        '1:1 error NotAResource A resource is a mapping with apiVersion, kind and metadata; this has none of them, but "replicas", "image", "a". Move files that are not resources, such as values of a Helm chart, out of this path.',
      ],
    ],
    [
      'a second resource without a line between',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\napiVersion: v1\nkind: Pod\nmetadata: {name: b}',
      [
        '4:1 error DuplicateKey The key "apiVersion" appears twice in this mapping. A second resource begins here or before. Separate the two with a line "---".',
      ],
    ],
    [
      'a template, whatever YAML makes of it',
      '# {{ not this }}\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n  {{- toYaml .Values.labels }}',
      [
        '5:9 error TemplateNotRendered This is a template that was not rendered: it has {{ .Values.name }}. Render it, for example with "helm template", and use the result.',
      ],
    ],
    [
      'a shell variable that was not replaced, where YAML cannot be parsed for it',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: ${NAME}, namespace: b }',
      [
        '3:20 error TemplateNotRendered This looks like a template that was not rendered: it has ${NAME}. Replace the variables, for example with "envsubst", and use the result.',
      ],
    ],
    [
      'a template in quotes',
      'apiVersion: v1\nkind: Service\nmetadata: {name: "{{ name }}", labels: {a: "{% b %}"}}',
      [
        '3:12 error TemplateNotRendered This is a template that was not rendered: it has {{ name }}. Render it, for example with "helm template", and use the result.',
      ],
    ],
    [
      'templates that are for others',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {b: "{{ c }}"}}\nspec: {containers: [{args: ["{{ d }}"]}]}',
      ['Pod/default/a'],
    ],
    ['a label without a value', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {b: }}', ['Pod/default/a']],
    [
      'labels that are not texts, as they are written',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {b: 1.10, c: 0x1F, d: yes, e: 010, f: 0e1234}}',
      [
        '3:30 error WrongType metadata.labels.b must be a string, not 1.10. Put it in quotes.',
        '3:39 error WrongType metadata.labels.c must be a string, not 0x1F. Put it in quotes.',
        '3:48 error WrongType metadata.labels.d must be a string, not yes. YAML reads it as true. Put it in quotes.',
        '3:56 error WrongType metadata.labels.e must be a string, not 010. Put it in quotes.',
        '3:64 error WrongType metadata.labels.f must be a string, not 0e1234. Put it in quotes.',
      ],
    ],
    [
      'labels in JSON that are not texts',
      '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"b": 1.10 , "c": 1E3}}}',
      [
        '1:74 error WrongType metadata.labels.b must be a string, not 1.10. Put it in quotes.',
        '1:86 error WrongType metadata.labels.c must be a string, not 1E3. Put it in quotes.',
      ],
    ],
    [
      'an empty name',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: ""',
      ['4:3 error MissingField Missing required field "metadata.name".'],
    ],
    [
      'a kind that is no word',
      'apiVersion: v1\nkind: "a\\nb"\nmetadata: {name: a}',
      ['2:1 error InvalidName Invalid kind "a\\nb": it must be a word such as "Pod".'],
    ],
    [
      'texts of users in one line',
      'apiVersion: "v\\n1"\nkind: Pod\nmetadata: {name: a}',
      [
        '1:1 warning UnknownApiVersion Pod is not supported in apiVersion v 1. The resource is ignored. Supported versions: v1.',
      ],
    ],
    [
      'a kind that is not read, at its kind',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: 5}',
      ['2:1 warning UnknownKind Kind Deployment is not supported. The resource is ignored.'],
    ],
    [
      'a version that is not read, at its version',
      'apiVersion: v2\nkind: Pod\nmetadata: {name: a}',
      [
        '1:1 warning UnknownApiVersion Pod is not supported in apiVersion v2. The resource is ignored. Supported versions: v1.',
      ],
    ],
    [
      'each label that is not a text',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    a: 1\n    b: x\n    c: [y]',
      [
        '6:5 error WrongType metadata.labels.a must be a string, not 1. Put it in quotes.',
        '8:5 error WrongType metadata.labels.c must be a string, not a list.',
      ],
    ],
  ];
  for (const [title, text, expected] of cases) {
    it(title, () => assert.deepEqual(read(text), expected));
  }

  it('does not treat resources that a mistake may hide as deleted', () => {
    const broken = (text: string): boolean => runToEnd(readDocument({ line: 1, text })).broken;
    assert.ok(broken('a: ['));
    assert.ok(broken('a'));
    assert.ok(broken('{apiVersion: v1, kind: Pod}'));
    assert.ok(broken('{apiVersion: v1, kind: Podd, metadata: {name: a}}'));
    assert.ok(broken('{apiVersion: v2, kind: Pod, metadata: {name: a}}'));
    assert.ok(!broken('{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}'));
    assert.ok(!broken('{apiVersion: v1, kind: Pod, metadata: {name: a}}'));
    assert.ok(!broken('kind: List'));
  });

  it('reads timestamps of any time zone as UTC', () => {
    const at = (text: string): string | undefined =>
      runToEnd(
        readDocument({ line: 1, text: `{apiVersion: v1, kind: Pod, metadata: {name: a, creationTimestamp: ${text}}}` }),
      ).resources[0]?.metadata.creationTimestamp;
    assert.equal(at('2024-01-31T12:00:00Z'), '2024-01-31T12:00:00Z');
    assert.equal(at('2024-01-31T12:00:00.5+01:00'), '2024-01-31T11:00:00.500Z');
    assert.equal(at('2024-13-31T12:00:00Z'), undefined);
  });
});
