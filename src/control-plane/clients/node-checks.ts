/**
 * Caches the findings about connected nodes while neither the node nor the model changes. Each scrape, and each change, needs those of
 * thousands of nodes.
 */
import type { Graph } from '../../graph/index.js';
import type { MeshModel } from '../../mesh/tables.js';
import type { XdsNode } from '../../xds/index.js';
import type { NodeFinding } from '../api/api.js';
import { nodeFindings, type Surroundings } from './node-findings.js';
import { Places } from './places.js';
import { surroundingsOf } from './surroundings.js';

export class NodeChecks {
  readonly #graph: Graph;
  readonly #model: MeshModel;
  readonly #places: Places;
  #surroundings: { readonly value: Surroundings; readonly text: string } | undefined;
  #isCurrent = false;
  #known = new WeakMap<XdsNode, readonly NodeFinding[]>();

  constructor(graph: Graph, model: MeshModel) {
    this.#graph = graph;
    this.#model = model;
    this.#places = new Places(graph, model);
  }

  /** Call after resources changed. */
  changed(): void {
    this.#isCurrent = false;
    this.#places.changed();
  }

  /** Cached by the object: a client has the same node object while it is connected. */
  findings(node: XdsNode): readonly NodeFinding[] {
    const surroundings = this.#current();
    const known = this.#known.get(node) ?? nodeFindings(node, surroundings);
    this.#known.set(node, known);
    return known;
  }

  #current(): Surroundings {
    if (this.#surroundings !== undefined && this.#isCurrent) return this.#surroundings.value;
    this.#isCurrent = true;
    const value = surroundingsOf(this.#graph, this.#model, this.#places);
    const text = JSON.stringify(value, (_key, part: unknown) =>
      part instanceof Set || part instanceof Map ? [...(part as Iterable<unknown>)] : part,
    );
    if (text !== this.#surroundings?.text) {
      this.#known = new WeakMap();
      this.#surroundings = { value, text };
    }
    return this.#surroundings.value;
  }
}
