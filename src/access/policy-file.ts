/** The file of `--client-policy`: a list of rules, of which the first that matches a client decides. */
import { LineCounter, type Node, type YAMLMap, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { type ClientRule, type PermittedNodes, RESTRICTIONS } from './client-policy.js';
import { compileIdentityPattern, variablesIn } from './patterns.js';

/** The file cannot be used. The message is `LINE: sentence`. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

const FIELDS = ['identity', ...RESTRICTIONS, 'seesAllClients'] as const;

/**
 * Reads the rules:
 *
 * ```yaml
 * clients:
 * - identity: spiffe://example.org/ns/{namespace}/sa/{account}
 *   node: "*~{account}-*.{namespace}~*"
 *   namespace: "{namespace}"
 *   cluster: [east, west]
 * - identity: dns:operator.example.org
 *   seesAllClients: true
 * ```
 *
 * @throws PolicyError
 */
export function readPolicy(text: string): readonly ClientRule[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'error', merge: false });
  const reader = new PolicyReader(lines);
  const [error] = document.errors;
  if (error !== undefined) throw reader.problem(error.pos[0], error.message.split('\n')[0] ?? '');
  return reader.rules(document.contents);
}

class PolicyReader {
  readonly #lines: LineCounter;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  rules(content: Node | null): readonly ClientRule[] {
    if (!isMap(content)) throw this.#problemAt(content, 'must be a mapping with the list "clients".');
    this.#requireKnown(content, ['clients']);
    const clients = content.get('clients', true);
    if (!isSeq(clients)) throw this.#problemAt(content, '"clients" must be a list of rules.');
    return clients.items.flatMap((item) => this.#rulesOf(item as Node));
  }

  /** One for each pattern of identities. */
  #rulesOf(item: Node): readonly ClientRule[] {
    if (!isMap(item)) throw this.#problemAt(item, 'a rule must be a mapping with "identity".');
    this.#requireKnown(item, FIELDS);
    const identities = this.#texts(item, 'identity');
    if (identities === undefined || identities.length === 0) throw this.#problemAt(item, 'a rule needs an "identity".');
    const permitted: PermittedNodes = Object.fromEntries(
      RESTRICTIONS.flatMap((restriction) => {
        const patterns = this.#texts(item, restriction);
        return patterns === undefined ? [] : [[restriction, patterns]];
      }),
    );
    return identities.map((pattern) => {
      const identity = this.#compiled(item, pattern);
      this.#requireVariables(item, pattern, Object.values(permitted).flat());
      return { identity, ...permitted, seesAllClients: this.#switch(item, 'seesAllClients') };
    });
  }

  #compiled(item: YAMLMap, pattern: string): ClientRule['identity'] {
    try {
      return compileIdentityPattern(pattern);
    } catch (error) {
      if (error instanceof SyntaxError) throw this.#problemAt(valueOf(item, 'identity'), error.message);
      throw error;
    }
  }

  #requireVariables(item: YAMLMap, identity: string, patterns: readonly string[]): void {
    const known = variablesIn(identity);
    const unknown = patterns.flatMap(variablesIn).find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw this.#problemAt(item, `{${unknown}} is no variable of the identity "${identity}".`);
  }

  #requireKnown(map: YAMLMap, known: readonly string[]): void {
    for (const { key } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!known.includes(name))
        throw this.#problemAt(key as Node, `"${name}" is unknown; known are ${known.join(', ')}.`);
    }
  }

  /** A text, or a list of texts. */
  #texts(map: YAMLMap, field: string): readonly string[] | undefined {
    if (!map.has(field)) return undefined;
    const value = valueOf(map, field);
    const items = isSeq(value) ? (value.items as Node[]) : [value];
    return items.map((item) => {
      if (isScalar(item) && typeof item.value === 'string' && item.value !== '') return item.value;
      throw this.#problemAt(item ?? map, `"${field}" must be text or a list of texts; put numbers in quotes.`);
    });
  }

  #switch(map: YAMLMap, field: string): boolean {
    if (!map.has(field)) return false;
    const value = valueOf(map, field);
    if (isScalar(value) && typeof value.value === 'boolean') return value.value;
    throw this.#problemAt(value ?? map, `"${field}" must be true or false.`);
  }

  #problemAt(node: Node | null, sentence: string): PolicyError {
    return this.problem(node?.range?.[0] ?? 0, sentence);
  }

  problem(offset: number, sentence: string): PolicyError {
    return new PolicyError(`${this.#lines.linePos(offset).line || 1}: ${sentence}`);
  }
}

function valueOf(map: YAMLMap, field: string): Node | null {
  const value: unknown = map.get(field, true);
  return (value as Node | undefined) ?? null;
}
