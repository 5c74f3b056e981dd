/** The reference of the resources in Markdown, a page per kind, from the comments in the .proto files. */
import protobuf from 'protobufjs';
import { fullName, typeOf } from './closure.mjs';
import { fieldName } from './json-name.mjs';

/**
 * The pages by file name. `kinds` is the list of `kinds.json`; `exampleOf` gives the text of a kind's example by the page's
 * name.
 */
export function referencePages(root, kinds, exampleOf) {
  const pages = kinds.map((kind) => ({ kind, name: pageName(kind, kinds) }));
  return new Map([
    ['README.md', indexPage(root, pages)],
    ...pages.map(({ kind, name }) => [`${name}.md`, kindPage(root, kind, exampleOf(name))]),
  ]);
}

/** `failover-service`; of a kind in several shapes, the older ones have their version after it. */
export function pageName({ kind, apiVersions }, kinds) {
  const name = kind.replace(/(?!^)([A-Z])/g, '-$1').toLowerCase();
  const newest = kinds.findLast((other) => other.kind === kind);
  return newest.apiVersions === apiVersions ? name : `${name}-${apiVersions[0].split('/').at(-1)}`;
}

const head = '<!-- Made by `make docs` from proto/ and the examples beside this page. Do not edit. -->';

function indexPage(root, pages) {
  const rows = pages.map(({ kind, name }) => {
    const versions = kind.apiVersions.map((version) => `\`${version}\``).join(', ');
    return `| [${kind.kind}](${name}.md) | ${versions} | ${firstSentence(commentOf(root.lookupType(kind.spec)).text)} |`;
  });
  return `${head}
# Resources

Every resource has the structure of a Kubernetes object: \`apiVersion\`, \`kind\`, \`metadata\` with \`name\`, \`namespace\` (default \`default\`), \`labels\` and
\`annotations\`, and \`spec\`. A YAML or JSON file contains one or more resources, or a \`List\`. The annotation \`cluster.solo.io/cluster\` names the
cluster of a resource.

\`lifeboat check PATH…\` reports errors in resources with their positions. An unknown field is a warning. In a selector it is an error, because the selector without
the field would select more. If a resource has an error, its last valid version stays in force.

| kind | apiVersion | |
|---|---|---|
${rows.join('\n')}

All examples on these pages belong together. They are in [examples](examples); \`lifeboat check docs/resources/examples\` validates them.

Durations are written as \`1.5s\`, \`500ms\` or \`1h30m\`.
`;
}

function kindPage(root, kind, example) {
  const spec = root.lookupType(kind.spec);
  const status = kind.status && root.lookupType(kind.status);
  const found = usedBy(spec, new Map());
  const ofStatus = status && without(usedBy(status, new Map()), found);
  const titles = titlesOf([...found.values(), ...(ofStatus?.values() ?? [])]);
  return `${[
    head,
    `# ${kind.kind}`,
    '',
    commentOf(spec).text,
    '',
    ...facts(kind),
    '',
    '## Example',
    '',
    '```yaml',
    example.trimEnd(),
    '```',
    '',
    `## ${kind.body === 'document' ? 'Fields' : 'spec'}`,
    '',
    ...messageSections(spec, found, titles, kind.open ? 'Fields that are not listed are ignored.' : ''),
    ...(status
      ? [
          '## status',
          '',
          ...messageSections(status, ofStatus, titles, 'Written by Lifeboat, and shown by `lifeboat get -o yaml`.'),
        ]
      : []),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

function facts({ aliases = [], apiVersions, clusterScoped, everyCluster }) {
  return [
    `- \`apiVersion\`: ${apiVersions.map((version) => `\`${version}\``).join(', ')}`,
    ...(aliases.length > 0 ? [`- Other names of the kind: ${aliases.map((alias) => `\`${alias}\``).join(', ')}`] : []),
    ...(clusterScoped ? ['- It has no namespace.'] : []),
    ...(everyCluster
      ? ['- Each cluster has its own. The annotation `cluster.solo.io/cluster` names the cluster.']
      : []),
  ];
}

/** The table of the message's own fields, and a section for each message and enum that they use. */
function messageSections(message, used, titles, note) {
  const nested = [...used.values()].flatMap((object) => section(object, titles));
  return [...(note === '' ? [] : [note, '']), ...table(message, titles), ...nested];
}

function without(objects, others) {
  return new Map([...objects].filter(([name]) => !others.has(name)));
}

/** Headings by full name: the name, or where several have it, with what it is declared in before it. */
function titlesOf(objects) {
  const isShared = ({ name }) => objects.filter((other) => other.name === name).length > 1;
  return new Map(
    objects.map((object) => [
      fullName(object),
      isShared(object) ? `${object.parent.name} ${object.name}` : object.name,
    ]),
  );
}

/** What the fields of the message refer to, in the order of its first use. */
function usedBy(message, found) {
  for (const field of message.fieldsArray) {
    const type = typeOf(field);
    if (type === undefined || isWellKnown(type) || found.has(fullName(type))) continue;
    found.set(fullName(type), type);
    if (type instanceof protobuf.Type) usedBy(type, found);
  }
  return found;
}

function section(object, titles) {
  const own = [`### ${titles.get(fullName(object))}`, '', commentOf(object).text, ''];
  return [...own, ...(object instanceof protobuf.Enum ? enumTable(object) : table(object, titles))];
}

function enumTable({ values, comments }) {
  const rows = Object.keys(values).map((name) => `| \`${name}\` | ${inCell(comments[name] ?? '')} |`);
  return ['| value | |', '|---|---|', ...rows, ''];
}

function table(message, titles) {
  if (message.fieldsArray.length === 0) return [];
  const choices = message.oneofsArray.filter(({ fieldsArray }) => fieldsArray.length > 1).map(choice);
  return [
    ...choices,
    '| field | type | default | description | in Envoy |',
    '|---|---|---|---|---|',
    ...message.fieldsArray.map((field) => row(field, titles)),
    '',
  ];
}

function choice({ fieldsArray }) {
  const names = fieldsArray.map((field) => `\`${fieldName(field)}\``);
  return `Give one of ${names.slice(0, -1).join(', ')} and ${names.at(-1)}.\n`;
}

function row(field, titles) {
  const { text, preset, envoy } = commentOf(field);
  const idle = field.options?.['(lifeboat.no_effect)'];
  const meaning = idle === undefined ? text : `${text} **No effect:** ${idle}`;
  return `| \`${fieldName(field)}\` | ${typeText(field, titles)} | ${inCell(preset)} | ${inCell(meaning)} | ${inCell(envoy)} |`;
}

function typeText(field, titles) {
  const single = singleText(field, titles);
  if (field.map) return `map of string to ${single}`;
  return field.repeated ? `list of ${single}` : single;
}

const scalars = { bool: 'boolean', string: 'string', double: 'number', float: 'number', bytes: 'base64' };
const wellKnown = {
  Duration: 'duration',
  Struct: 'object',
  Empty: '`{}`',
  BoolValue: 'boolean',
  DoubleValue: 'number',
  FloatValue: 'number',
  StringValue: 'string',
};

function singleText(field, titles) {
  if (field.options?.['(lifeboat.int_or_string)'] === true) return 'integer or string';
  const type = typeOf(field);
  if (type === undefined) return scalars[field.type] ?? 'integer';
  return isWellKnown(type) ? (wellKnown[type.name] ?? 'integer') : link(titles.get(fullName(type)));
}

function link(title) {
  return `[${title}](#${title.toLowerCase().replaceAll(' ', '-')})`;
}

function isWellKnown(type) {
  return fullName(type).startsWith('google.protobuf.');
}

/** The parts of a comment: what it says, and after `Default:` and `Envoy:` the default and what it becomes in Envoy. */
function commentOf({ comment }) {
  const [, text = '', preset = '', envoy = ''] =
    /^(.*?)(?:(?:^|\n)Default: (.*?))?(?:(?:^|\n)Envoy: (.*?))?$/s.exec(comment ?? '') ?? [];
  return { text: text.trim(), preset: preset.trim(), envoy: envoy.trim() };
}

function firstSentence(text) {
  return inCell(/^.*?[.](?= |\n|$)/s.exec(text)?.[0] ?? text);
}

function inCell(text) {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
}
