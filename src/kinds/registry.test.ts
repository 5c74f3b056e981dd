import assert from 'node:assert/strict';
import { kindNames } from '../api/kinds.js';
import { Graph, type KeyedTable } from '../graph/index.js';
import { resource } from '../testing/world.js';
import { KINDS, inputRow } from './registry.js';
import { type MeshInputs, declareMesh } from '../mesh/tables.js';

/** How many rows the inputs have. */
function rows(graph: Graph, inputs: MeshInputs): number {
  const tables = Object.values(inputs) as readonly KeyedTable<string, unknown>[];
  return tables.reduce((sum, table) => sum + graph.keys(table).length, 0);
}

describe('the inputs of kinds in the model', () => {
  it('exist for every kind that is read, and for no other', () => {
    assert.deepEqual(Object.keys(KINDS).sort(), [...kindNames].sort());
    const { inputs } = declareMesh(new Graph());
    assert.equal(inputRow(inputs, { kind: 'Deployment', namespace: 'a', name: 'b' }), undefined);
    assert.equal(inputRow(inputs, { kind: 'constructor', namespace: 'a', name: 'b' }), undefined);
  });

  for (const kind of kindNames.filter((name) => KINDS[name].input !== undefined)) {
    it(`distinguish two resources of ${kind}, and are empty after both are removed`, () => {
      const graph = new Graph();
      const { inputs } = declareMesh(graph);
      const both = [resource(kind, 'one', {}), resource(kind, 'two', {})];
      graph.commit((transaction) => {
        for (const one of both) inputRow(inputs, one.ref)?.stage(transaction, one);
      });
      assert.equal(rows(graph, inputs), 2);
      graph.commit((transaction) => {
        for (const { ref } of both) inputRow(inputs, ref)?.stage(transaction, undefined);
      });
      assert.equal(rows(graph, inputs), 0);
    });
  }
});
