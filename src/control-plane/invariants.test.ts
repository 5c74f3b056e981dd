/** What holds for every client of any world: Envoy would reject, or silently drop, what breaks it. */
import assert from 'node:assert/strict';
import { runToEnd } from '../turns/run-to-end.js';
import fc from 'fast-check';
import { propertyRuns } from '../testing/property-runs.js';
import { createDecode } from '../api/decode.js';
import type {
  Cluster,
  ClusterLoadAssignment,
  LocalityLbEndpoints,
  RouteConfiguration,
  VirtualHost,
} from '../generated/envoy.js';
import {
  type ArbitraryDocument,
  arbitraryDocument,
  arbitraryEndpoint,
  clients,
  toRaw,
} from '../testing/arbitrary-documents.js';
import type { SnapshotResources as Snapshot } from './api/api.js';
import { createCore } from './inputs/core.js';
import { snapshotFor } from './snapshots/snapshot.js';

const decode = createDecode();
const MAX_WEIGHT_SUM = 4_294_967_295;

/** The snapshots that all clients get in a random world. */
function everySnapshot(check: (snapshot: Snapshot) => void): void {
  fc.assert(
    fc.property(fc.array(arbitraryDocument, { minLength: 4, maxLength: 25, size: 'max' }), (documents) => {
      const core = createCore({ decode });
      core.take({ upserts: documents.map((document, i) => toRaw(document, i + 1)), deletes: [] });
      for (const client of clients) check(runToEnd(snapshotFor(core.graph, core.model, core.envoy, client)));
    }),
    { numRuns: propertyRuns(150) },
  );
}

function assignments({ endpoints }: Snapshot): readonly ClusterLoadAssignment[] {
  return endpoints as readonly ClusterLoadAssignment[];
}

function groups({ endpoints = [] }: ClusterLoadAssignment): readonly LocalityLbEndpoints[] {
  return endpoints;
}

/** 70 % to the client's own region, 30 % to the other. */
function distributed(near: readonly object[], far: readonly object[]): readonly ArbitraryDocument[] {
  const destination = (clusterName: string, region: string, endpoints: readonly object[]): ArbitraryDocument => {
    const ports = [{ port: 80, name: 'http' }];
    const ref = { name: 'shared', namespace: 'app', clusterName };
    const spec = { kubeService: { ref, ports, region, endpointSubsets: [{ ports, endpoints }] } };
    return { apiVersion: 'discovery.mesh.gloo.solo.io/v1', kind: 'Destination', metadata: { name: clusterName }, spec };
  };
  const services = [{ name: 'shared', namespace: 'app' }];
  const localityMappings = [
    {
      from: { region: 'r1' },
      to: [
        { region: 'r1', weight: 70 },
        { region: 'r2', weight: 30 },
      ],
    },
  ];
  return [
    destination('near', 'r1', near),
    destination(
      'far',
      'r2',
      far.map((endpoint, i) => ({ ...endpoint, ipAddress: `10.1.0.${String(i)}` })),
    ),
    {
      apiVersion: 'networking.gloo.solo.io/v2',
      kind: 'VirtualDestination',
      metadata: { name: 'shared' },
      spec: { hosts: ['shared.global'], services, ports: [{ number: 80, protocol: 'HTTP' }] },
    },
    {
      apiVersion: 'resilience.policy.gloo.solo.io/v2',
      kind: 'FailoverPolicy',
      metadata: { name: 'shares' },
      spec: { config: { localityMappings } },
    },
  ];
}

/** Of the groups that take traffic; Envoy does not count the others. */
function weightOf(assignment: ClusterLoadAssignment, region: string): number {
  const usable = groups(assignment).filter(({ lbEndpoints = [] }) =>
    lbEndpoints.some(({ healthStatus }) => healthStatus !== 'DRAINING'),
  );
  return usable
    .filter(({ locality }) => locality?.region === region)
    .reduce((sum, { loadBalancingWeight = 0 }) => sum + loadBalancingWeight, 0);
}

function clusterNames({ clusters }: Snapshot): ReadonlySet<string> {
  return new Set((clusters as readonly Cluster[]).map(({ name = '' }) => name));
}

describe('every client, for any resources,', () => {
  it('gets priorities without gaps', () => {
    everySnapshot((snapshot) => {
      for (const assignment of assignments(snapshot)) {
        const priorities = [...new Set(groups(assignment).map(({ priority = 0 }) => priority))].sort((a, b) => a - b);
        assert.deepEqual(priorities, [...priorities.keys()]);
      }
    });
  });

  it('gets localities and weights with every group, within the limits of Envoy', () => {
    everySnapshot((snapshot) => {
      for (const assignment of assignments(snapshot)) {
        const sums = new Map<number, number>();
        for (const { locality, loadBalancingWeight = 0, priority = 0 } of groups(assignment)) {
          assert.notEqual(locality, undefined);
          assert.ok(loadBalancingWeight >= 1);
          sums.set(priority, (sums.get(priority) ?? 0) + loadBalancingWeight);
        }
        for (const sum of sums.values()) assert.ok(sum <= MAX_WEIGHT_SUM);
      }
    });
  });

  it('gets every address once in a cluster, and every locality once in a priority', () => {
    everySnapshot((snapshot) => {
      for (const assignment of assignments(snapshot)) {
        const addresses = groups(assignment).flatMap(({ lbEndpoints = [] }) =>
          lbEndpoints.map(({ endpoint }) => JSON.stringify(endpoint?.address)),
        );
        const places = groups(assignment).map(({ locality, priority = 0 }) => JSON.stringify([priority, locality]));
        assert.equal(new Set(addresses).size, addresses.length);
        assert.equal(new Set(places).size, places.length);
      }
    });
  });

  it('gets exactly the shares of the rule', () => {
    const some = fc.array(arbitraryEndpoint, { minLength: 1, maxLength: 5, size: 'max' });
    fc.assert(
      fc.property(some, some, (near, far) => {
        const core = createCore({ decode });
        core.take({ upserts: distributed(near, far).map((document, i) => toRaw(document, i + 1)), deletes: [] });
        const { endpoints } = runToEnd(
          snapshotFor(core.graph, core.model, core.envoy, { nodeId: 'client', region: 'r1' }),
        );
        const assignment = (endpoints as readonly ClusterLoadAssignment[]).find(({ clusterName }) =>
          clusterName?.endsWith('||shared.global'),
        );
        const [own, other] = ['r1', 'r2'].map((region) => weightOf(assignment ?? {}, region));
        if (own !== 0 && other !== 0) assert.equal((own ?? 0) * 30, (other ?? 0) * 70);
      }),
    );
  });

  it('gets the load assignment of every EDS cluster', () => {
    everySnapshot((snapshot) => {
      const assigned = new Set(assignments(snapshot).map(({ clusterName }) => clusterName));
      for (const { name, type } of snapshot.clusters as readonly Cluster[])
        if (type === 'EDS') assert.ok(assigned.has(name));
    });
  });

  it('gets every cluster that a route, a listener or an aggregate refers to', () => {
    everySnapshot((snapshot) => {
      const names = clusterNames(snapshot);
      const text = JSON.stringify([snapshot.routes, snapshot.listeners, snapshot.clusters]);
      const referred = [...text.matchAll(/"cluster":"([^"]+)"/g)].map(([, name]) => name ?? '');
      for (const name of referred) assert.ok(names.has(name), name);
      for (const { clusterType } of snapshot.clusters as readonly Cluster[]) {
        const members = clusterType?.typedConfig?.['clusters'];
        for (const name of Array.isArray(members) ? (members as readonly string[]) : [])
          assert.ok(names.has(name), name);
      }
    });
  });

  it('gets no domain twice in a route configuration', () => {
    everySnapshot((snapshot) => {
      for (const { virtualHosts = [] } of snapshot.routes as readonly RouteConfiguration[]) {
        const domains = virtualHosts.flatMap(({ domains: own = [] }: VirtualHost) => own);
        assert.equal(new Set(domains).size, domains.length);
      }
    });
  });
});
