/** All fields that a user can write in a resource, from the generated descriptors. */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { type KindDescription, kinds } from '../../generated/resources.js';

/** One step of the path from a document to a field. */
export interface FieldStep {
  readonly name: string;
  readonly field: protobuf.Field;
}

/** A field at one place of one kind. A message that occurs in several places has its fields in each of them. */
export interface AccountedField {
  readonly kind: KindDescription;
  /** The path. The last step is the field itself. */
  readonly steps: readonly FieldStep[];
  /** Unique: `package.Message: spec.ports[].number`, with the message of the kind. */
  readonly id: string;
  /** `package.Message.field` of the field and of the fields around it, outermost first. The same at every place. */
  readonly names: readonly string[];
}

/** All fields of all kinds except statuses, in the order of the .proto files. */
export function writableFields(): readonly AccountedField[] {
  const root = readRoot();
  return kinds.flatMap((kind) =>
    fieldsBelow(kind, root.lookupType(kind.message), { steps: rootSteps(kind), names: [] }),
  );
}

function readRoot(): protobuf.Root {
  const file = new URL('../../../generated/resources.json', import.meta.url);
  const root = protobuf.Root.fromJSON(JSON.parse(readFileSync(file, 'utf8')) as protobuf.INamespace);
  root.resolveAll();
  return root;
}

/** `spec` is not a field of a message. */
function rootSteps({ body }: KindDescription): readonly FieldStep[] {
  return body === 'document' ? [] : [{ name: 'spec', field: new protobuf.Field('spec', 1, 'bytes') }];
}

function fieldsBelow(
  kind: KindDescription,
  type: protobuf.Type,
  above: Pick<AccountedField, 'steps' | 'names'>,
): readonly AccountedField[] {
  return type.fieldsArray.flatMap((field) => {
    const steps = [...above.steps, { name: field.name, field }];
    const names = [...above.names, `${type.fullName.slice(1)}.${field.name}`];
    const own = { kind, steps, names, id: `${kind.message}: ${formatSteps(steps)}` };
    const nested = messageOf(field);
    return [own, ...(nested === undefined ? [] : fieldsBelow(kind, nested, own))];
  });
}

/** The message type of a field, if it is one of ours. */
export function messageOf({ resolvedType }: protobuf.Field): protobuf.Type | undefined {
  return resolvedType instanceof protobuf.Type && !isWellKnown(resolvedType) ? resolvedType : undefined;
}

/** Whether the field is a condition of a selector. */
export function isSelectorLeaf({ steps }: AccountedField): boolean {
  const [last, ...above] = [...steps].reverse();
  if (last === undefined || messageOf(last.field) !== undefined || isBoolean(last.field)) return false;
  if (steps.some(({ field }) => field.options?.['no_effect'] !== undefined)) return false;
  return above.some(({ field }) => /Selector$|ExportTo$/.test(messageOf(field)?.name ?? ''));
}

function isBoolean({ type, resolvedType }: protobuf.Field): boolean {
  return type === 'bool' || resolvedType?.fullName === '.google.protobuf.BoolValue';
}

export function isWellKnown(type: protobuf.Type): boolean {
  return type.fullName.startsWith('.google.protobuf.');
}

/** `spec.ports[].number`. `{}` stands for each entry of a map. */
export function formatSteps(steps: readonly FieldStep[]): string {
  return steps.map(({ name, field }, i) => (i === steps.length - 1 ? name : `${name}${suffixOf(field)}`)).join('.');
}

function suffixOf(field: protobuf.Field): string {
  return field.map ? '{}' : field.repeated ? '[]' : '';
}
