/** Injection into texts: what is added where, what is refused, and what stays. */
import assert from 'node:assert/strict';
import { parse, parseAllDocuments } from 'yaml';
import { DEFAULT_READ_LIMITS } from '../../source/index.js';
import { injectOptions } from '../../testing/kubernetes/inject-options.js';
import { type InjectedText, injectText } from './inject-text.js';
import type { InjectOptions } from './options.js';

function inject(text: string, options: Partial<InjectOptions> = {}): InjectedText {
  return injectText(text, injectOptions(options), DEFAULT_READ_LIMITS);
}

function lines({ findings }: InjectedText): readonly string[] {
  return findings.map(({ line, column, severity, ref, message }) => `${line}:${column} ${severity} ${ref} ${message}`);
}

interface Pod {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly initContainers: readonly Container[];
    readonly hostAliases?: unknown;
    readonly volumes?: unknown;
  };
}

interface Container {
  readonly name: string;
  readonly args: readonly [string, string];
  readonly env: readonly { readonly name: string }[];
  readonly volumeMounts?: unknown;
}

const POD =
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  namespace: n\n  labels: {app: "$web"}\nspec:\n  containers:\n  - name: app\n    image: i\n';

function podOf(text: string, options: Partial<InjectOptions> = {}): Pod {
  const result = inject(text, options);
  assert.deepEqual(lines(result), []);
  return parse(result.text) as Pod;
}

describe('injectText', () => {
  const kinds = [
    ['v1', 'Pod', (pod: string) => pod],
    ['v1', 'ReplicationController', template],
    ['apps/v1', 'Deployment', template],
    ['apps/v1', 'StatefulSet', template],
    ['apps/v1', 'DaemonSet', template],
    ['apps/v1', 'ReplicaSet', template],
    ['batch/v1', 'Job', template],
    ['batch/v1', 'CronJob', (pod: string) => `"spec": {"jobTemplate": {${template(pod)}}}`],
  ] as const;

  for (const [apiVersion, kind, around] of kinds)
    it(`adds the sidecar to a ${kind}, alone and in a List`, () => {
      const object = `{"apiVersion": "${apiVersion}", "kind": "${kind}", ${around('"spec": {"containers": []}')}}`;
      const list = `{"apiVersion": "v1", "kind": "List", "items": [${object}]}`;
      for (const text of [object, list]) {
        const result = inject(text);
        assert.deepEqual(lines(result), []);
        assert.equal(result.workloads.length, 1);
        assert.match(JSON.stringify(JSON.parse(result.text)), /"initContainers":\[\{"name":"lifeboat-envoy"/);
      }
    });

  const others = [
    [
      'a Deployment of another API group',
      `apiVersion: example.com/v1\nkind: Deployment\n${POD.slice(POD.indexOf('spec'))}`,
    ],
    ['other kinds, with odd layout', 'apiVersion:   v1\nkind: ConfigMap # c\n\n\ndata: {a:   b}\n'],
    ['what is no object', '- 1\n---\n# nothing\n---\ntext\n...\n'],
    ['a Pod that refuses', POD.replace('metadata:', 'metadata:\n  annotations: {lifeboat.dev/inject: "false"}')],
    ['an empty text', ''],
  ] as const;
  for (const [what, text] of others)
    it(`leaves ${what} as it is`, () => {
      const result = inject(text);
      assert.deepEqual([result.text, lines(result), result.workloads], [text, [], []]);
    });

  it('leaves a workload as it is if it refuses in its own annotations', () => {
    const text = `apiVersion: batch/v1\nkind: Job\nmetadata: {annotations: {lifeboat.dev/inject: false}}\nspec: {template: {spec: {containers: []}}}\n`;
    assert.equal(inject(text).text, text);
  });

  it('keeps every other line, and the text of other documents', () => {
    const other = '# other\na:   1 # x\n';
    const { text } = inject(`${other}---\n${POD}---\n${other}`);
    assert.ok(text.startsWith(`${other}---\n`) && text.endsWith(`---\n${other}`));
    const kept = text.split('\n');
    let at = 0;
    for (const line of POD.split('\n')) at = kept.indexOf(line, at) + 1 || assert.fail(line);
  });

  it('gives Envoy a node of its own, by variables that kubelet sets; a $ of others is not one', () => {
    const [sidecar] = podOf(POD).spec.initContainers;
    assert.deepEqual(parse(sidecar?.args[1] ?? ''), {
      node: {
        id: 'sidecar~$(POD_IP)~$(POD_NAME).$(POD_NAMESPACE)~east',
        locality: { region: '$(TOPOLOGY_REGION)', zone: '$(TOPOLOGY_ZONE)' },
        metadata: { NAMESPACE: '$(POD_NAMESPACE)', LABELS: { app: '$$web' } },
      },
    });
    const names = ['POD_NAME', 'POD_NAMESPACE', 'POD_IP', 'TOPOLOGY_REGION', 'TOPOLOGY_ZONE'];
    assert.deepEqual(
      sidecar?.env.map(({ name }) => name),
      names,
    );
  });

  it('quotes every text of the bootstrap, because a namespace may be called 123 and an address end with a colon', () => {
    const [sidecar] = podOf(POD).spec.initContainers;
    const bootstrap = (sidecar?.args[1] ?? '').replaceAll('$(POD_NAMESPACE)', '123').replaceAll('$(POD_IP)', 'fd00::');
    const { node } = parse(bootstrap) as { node: { id: string; metadata: { NAMESPACE: unknown } } };
    assert.deepEqual([node.id, node.metadata.NAMESPACE], ['sidecar~fd00::~$(POD_NAME).123~east', '123']);
  });

  it('puts the sidecar before the other init containers, which can use it then', () => {
    const { initContainers } = podOf(POD.replace('spec:', 'spec:\n  initContainers: [{name: before}]')).spec;
    assert.deepEqual(
      initContainers.map(({ name }) => name),
      ['lifeboat-envoy', 'before'],
    );
  });

  it('takes a given locality instead of the labels of the Pod', () => {
    const [sidecar] = podOf(POD, { locality: { region: 'r' } }).spec.initContainers;
    const { node } = parse(sidecar?.args[1] ?? '') as { node: { locality: object } };
    assert.deepEqual([node.locality, sidecar?.env.length], [{ region: 'r' }, 3]);
  });

  it('mounts the Secret for TLS, and removes its volume with the flag', () => {
    const tls = podOf(POD, { tlsSecret: 'tls' });
    assert.deepEqual(tls.spec.volumes, [{ name: 'lifeboat-tls', secret: { secretName: 'tls' } }]);
    assert.ok(tls.spec.initContainers[0]?.volumeMounts);
    const again = inject(inject(POD, { tlsSecret: 'tls' }).text);
    assert.equal(again.text, inject(POD).text);
  });

  it('replaces its own parts in their places, and leaves what the user has added since', () => {
    const edited = inject(POD).text.replace(
      '- name: lifeboat-envoy',
      '# mine\n  - name: first\n    image: f\n  - name: lifeboat-envoy',
    );
    const { text } = inject(edited, { image: 'envoy:2', hostAliases: [] });
    assert.ok(text.includes('  # mine\n  - name: first\n    image: f\n  - name: lifeboat-envoy\n    image: envoy:2\n'));
    assert.equal((parse(text) as Pod).spec.hostAliases, undefined);
  });

  it('changes nothing in its own result, also if that was laid out anew', () => {
    const once = inject(POD).text;
    const formatted = parseAllDocuments(once)
      .map((document) => document.toString({ indentSeq: true }))
      .join('');
    assert.equal(inject(once).text, once);
    assert.equal(inject(formatted).text, formatted);
  });

  const mistakes = [
    [
      'a container of that name',
      '- name: app',
      '- name: lifeboat-envoy',
      /^9:5 error Pod\/n\/p The name lifeboat-envoy is that of the injected container/,
    ],
    [
      'a volume of that name',
      'spec:',
      'spec:\n  volumes: [{name: lifeboat-tls}]',
      /^8:14 error Pod\/n\/p The name lifeboat-tls/,
    ],
    [
      'a container with the port of the admin interface',
      'image: i',
      'ports: [{containerPort: 9901}]',
      /^10:14 error .*--envoy-admin-address/,
    ],
    [
      'a probe of the port of readiness',
      'image: i',
      'livenessProbe: {tcpSocket: {port: 15021}}',
      /^10:33 error .*--ready-port/,
    ],
    [
      'a record of somebody else',
      'metadata:',
      'metadata:\n  annotations: {lifeboat.dev/injected: "true"}',
      /^4:17 error .*not written by lifeboat inject/,
    ],
    ['annotations that are no mapping', 'metadata:', 'metadata:\n  annotations: [a]', /^4:3 error .*must be a mapping/],
    ['init containers that are no list', 'spec:', 'spec:\n  initContainers: {}', /^8:3 error .*must be a list/],
    ['no spec', /spec:[^]*/u, '', /^1:1 error Pod\/n\/p The workload has no spec/],
    [
      'an anchor with an alias elsewhere',
      /spec:([^]*)$/u,
      'spec: &x$1other: *x\n',
      /^1:1 error Pod\/n\/p The sidecar cannot be added/,
    ],
    ['broken YAML', 'image: i', 'image: [', /^10:/],
    ['a template that was not rendered', 'image: i', 'image: {{ .Values.image }}', /^10:12 error - .*template/],
  ] as const;
  for (const [what, old, text, expected] of mistakes)
    it(`refuses ${what}, and says where`, () => {
      const result = inject(POD.replace(old, text));
      assert.match(lines(result).join('\n'), expected);
    });

  it('says line and column in the file, also in the second document', () => {
    const [line] = lines(inject(`a: 1\n---\n${POD.replace('- name: app', '- name: lifeboat-envoy')}`));
    assert.match(line ?? '', /^11:5 /);
  });

  const warnings = [
    ['a Pod with the network of its Node', 'hostNetwork: true', /^8:3 warning Pod\/n\/p .*network of its Node/],
    [
      'a hostname that the Pod maps itself',
      'hostAliases: [{ip: 10.0.0.1, hostnames: [reviews.global]}]',
      /^8:3 warning .*maps reviews.global to 10.0.0.1/,
    ],
    ['a Pod for Windows, to which nothing is added', 'os: {name: windows}', /^8:3 warning .*Windows/],
  ] as const;
  for (const [what, field, expected] of warnings)
    it(`tells of ${what}`, () => {
      assert.match(lines(inject(POD.replace('spec:', `spec:\n  ${field}`))).join('\n'), expected);
    });
});

function template(pod: string): string {
  return `"spec": {"template": {${pod}}}`;
}
