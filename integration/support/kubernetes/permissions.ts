/** Permissions with one of them taken away. */
import { parseAllDocuments } from 'yaml';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Role {
  readonly rules: readonly Rule[];
}

export interface Permission {
  readonly verb: string;
  readonly resource: string;
  /** All roles, without this permission. */
  readonly roles: string;
}

/** Each permission in the text of some roles. */
export function eachTakenAway(text: string): readonly Permission[] {
  const roles = parseAllDocuments(text).map((document) => document.toJS() as Role);
  return roles.flatMap((role, index) =>
    role.rules.flatMap((rule) =>
      rule.resources.flatMap((resource) =>
        rule.verbs.map((verb) => ({
          ...{ verb, resource },
          roles: textOf(roles.with(index, { ...role, rules: without(role.rules, rule, resource, verb) })),
        })),
      ),
    ),
  );
}

function without(rules: readonly Rule[], rule: Rule, resource: string, verb: string): readonly Rule[] {
  const { resources, verbs } = rule;
  const others = { ...rule, resources: resources.filter((one) => one !== resource) };
  const less = { ...rule, resources: [resource], verbs: verbs.filter((one) => one !== verb) };
  return rules.flatMap((one) => (one === rule ? [others, less].filter(isSome) : [one]));
}

function isSome({ resources, verbs }: Rule): boolean {
  return resources.length > 0 && verbs.length > 0;
}

function textOf(roles: readonly Role[]): string {
  return roles.map((role) => JSON.stringify(role)).join('\n---\n');
}
