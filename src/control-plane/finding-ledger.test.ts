/** Findings follow the resources at the cost of what changed. */
import assert from 'node:assert/strict';
import { nextContent } from '../source/contents/last-good-content.js';
import { type ResourceBatch, createFileTable } from '../source/contents/table.js';
import { type ControlPlane, createControlPlane } from './control-plane.js';
import type { ResourceKey } from '../api/resource.js';

const DISCOVERY = 'discovery.mesh.gloo.solo.io/v1';

function service(index: number, endpoints: readonly string[]): string {
  const list = endpoints.map((ipAddress) => ({ ipAddress }));
  const kubeService = {
    ref: { name: `s${String(index)}`, namespace: 'app', clusterName: 'east' },
    ports: [{ port: 80, name: 'http' }],
    endpointSubsets: [{ endpoints: list, ports: [{ port: 80, name: 'http' }] }],
  };
  const backing = { kubeService: { name: `s${String(index)}`, namespace: 'app', clusterName: 'east' } };
  return [
    {
      apiVersion: DISCOVERY,
      kind: 'Destination',
      metadata: { name: `s${String(index)}`, namespace: 'app' },
      spec: { kubeService },
    },
    {
      apiVersion: 'networking.mesh.gloo.solo.io/v1alpha2',
      kind: 'FailoverService',
      metadata: { name: `f${String(index)}`, namespace: 'app' },
      spec: {
        hostname: `s${String(index)}.global`,
        port: { number: 80, protocol: 'http' },
        backingServices: [backing],
      },
    },
  ]
    .map((document) => JSON.stringify(document))
    .join('\n---\n');
}

function virtualDestination(hosts: unknown): string {
  return JSON.stringify({
    apiVersion: 'networking.gloo.solo.io/v2',
    kind: 'VirtualDestination',
    metadata: { name: 'v', namespace: 'app' },
    spec: { hosts, services: [{ name: 's0', namespace: 'app' }], ports: [{ number: 80, protocol: 'HTTP' }] },
  });
}

class Files {
  readonly #table = createFileTable();

  /** What becomes of these files: their texts by index. */
  write(texts: ReadonlyMap<number, string>): ResourceBatch {
    for (const [index, text] of texts) {
      const file = `${String(index)}.yaml`;
      const steps = nextContent(file, this.#table.content(file), { text, identity: text });
      for (let step = steps.next(); ; step = steps.next()) {
        if (step.done !== true) continue;
        this.#table.set(file, step.value);
        break;
      }
    }
    const batch = this.#table.commit();
    assert.ok(batch);
    return batch;
  }
}

function world(services: number): { readonly plane: ControlPlane; readonly files: Files } {
  const [plane, files] = [createControlPlane(), new Files()];
  plane.apply(
    files.write(new Map(Array.from({ length: services }, (_, index) => [index, service(index, ['10.0.0.1'])]))),
  );
  return { plane, files };
}

/** Rows computed when one endpoint comes, and for asking what is found then. */
function costOfOneEndpoint(services: number): number {
  const { plane, files } = world(services);
  plane.takeFindingChanges();
  const total = (): number => [...plane.computed().values()].reduce((sum, count) => sum + count, 0);
  const before = total();
  plane.apply(files.write(new Map([[7, service(7, ['10.0.0.1', '10.0.0.2'])]])));
  plane.takeFindingChanges();
  plane.findings();
  return total() - before;
}

describe('findings', () => {
  it('cost as much as the changes, for any number of resources', () => {
    const few = costOfOneEndpoint(10);
    assert.equal(costOfOneEndpoint(200), few);
    assert.ok(few <= 12, `${String(few)} rows`);
  });

  it('are reported by resource when they appear, change and disappear', () => {
    const { plane, files } = world(3);
    const found = plane.takeFindingChanges();
    assert.equal(found.get('FailoverService/app/f1' as ResourceKey)?.[0]?.code, 'MissingOutlierDetection');
    assert.deepEqual(plane.findings().length, [...found.values()].flat().length);
    assert.deepEqual(plane.takeFindingChanges(), new Map());

    plane.apply(files.write(new Map([[1, service(1, ['10.0.0.9'])]])));
    assert.deepEqual([...plane.takeFindingChanges().keys()].sort(), ['Destination/app/s1']);
    const [, failover = ''] = service(1, []).split('\n---\n');
    plane.apply(files.write(new Map([[1, failover]])));
    const without = plane.takeFindingChanges();
    assert.deepEqual(without.get('Destination/app/s1' as ResourceKey), []);
    assert.equal(without.get('FailoverService/app/f1' as ResourceKey)?.[0]?.code, 'BackingServiceNotFound');
  });

  it('are only those of decoding for a version that cannot be decoded, while the last valid one stays in force', () => {
    const { plane, files } = world(1);
    const codes = (): readonly string[] =>
      plane
        .findings()
        .filter(({ name }) => name === 'v')
        .map(({ code }) => code);
    plane.apply(files.write(new Map([[1, virtualDestination(['v.global'])]])));
    const [valid, served] = [codes(), plane.hostnames()];
    assert.deepEqual([valid.length > 0, served], [true, ['v.global']]);
    plane.takeFindingChanges();

    plane.apply(files.write(new Map([[1, virtualDestination('v.global')]])));
    assert.deepEqual(codes(), ['WrongType']);
    const changes = plane.takeFindingChanges().get('VirtualDestination/app/v' as ResourceKey);
    assert.deepEqual(
      changes?.map(({ code }) => code),
      ['WrongType'],
    );
    assert.deepEqual(plane.hostnames(), served);

    plane.apply(files.write(new Map([[1, virtualDestination(['v.global'])]])));
    assert.deepEqual([codes(), plane.hostnames()], [valid, served]);
  });

  it('are computed when they are asked for: one resource after the other, or in steps', () => {
    const { plane } = world(20);
    const computed = (): number => plane.computed().get('findings') ?? 0;
    assert.equal(computed(), 0);
    plane.resources({ kind: 'FailoverService', name: 'f3' });
    assert.equal(computed(), 1);
    const steps = plane.findingsInSteps();
    for (let step = 1; steps.next().done !== true; step += 1) assert.equal(computed(), 1 + step);
    assert.equal(computed(), 40);
    const changes = plane.takeFindingChanges();
    assert.deepEqual([changes.size, computed()], [40, 40]);
  });

  it('about a new resource that is removed before somebody asks are not computed', () => {
    const { plane, files } = world(1);
    plane.apply(files.write(new Map([[0, '']])));
    assert.deepEqual([plane.findings(), plane.computed().get('findings')], [[], undefined]);
  });
});
