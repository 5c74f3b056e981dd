import assert from 'node:assert/strict';
import { formatPath } from '../../api/diagnostic.js';
import type { Resource } from '../../api/resource.js';
import { createWorld, destination, failoverService, trafficPolicy } from '../../testing/world.js';
import { failoverKey } from '../model/failover-key.js';

const services = ['api@east', 'api@west'];
const outliers = trafficPolicy('outliers', services, { outlierDetection: {} });

/** Of a failover destination with that protocol over services whose port has that name. */
function mismatches(protocol: string, name: string, ...others: readonly Resource<unknown>[]): readonly string[] {
  const ports = [{ port: 90, name }];
  const subject = failoverService('f', services, { port: { number: 90, protocol } });
  const world = createWorld(
    destination('api', 'east', { ports }),
    destination('api', 'west', { ports }),
    outliers,
    subject,
    ...others,
  );
  const findings = world.model.protocolMismatches(world.graph.read.bind(world.graph), failoverKey(subject.ref));
  return findings.map(({ severity, code, path, message }) => `${severity} ${code} ${formatPath(path)}: ${message}`);
}

describe('a failover destination with another protocol than its services', () => {
  it('gets a finding for each service, with a suggestion', () => {
    const reason =
      'requests are sent without TLS and fail. Use protocol HTTPS to pass TLS through, or set mtls in a TrafficPolicy so that Envoy encrypts.';
    assert.deepEqual(
      mismatches('http', 'https'),
      ['east', 'west'].map(
        (cluster) =>
          `warning ProtocolMismatch spec.port.protocol: Port 90 has protocol HTTP, but port 90 of api.app.${cluster} has HTTPS: ${reason}`,
      ),
    );
  });

  it('gets no finding if Envoy encrypts', () => {
    assert.deepEqual(
      mismatches('http', 'https', trafficPolicy('tls', services, { mtls: { istio: { tlsMode: 'SIMPLE' } } })),
      [],
    );
    assert.equal(
      mismatches('http', 'https', trafficPolicy('tls', services, { mtls: { istio: { tlsMode: 'DISABLE' } } })).length,
      2,
    );
    assert.equal(
      mismatches('http', 'https', trafficPolicy('tls', ['api@east'], { mtls: { istio: { tlsMode: 'SIMPLE' } } }))
        .length,
      1,
    );
  });

  const cases: readonly (readonly [spoken: string, name: string, count: number])[] = [
    ['HTTP', 'tls', 2],
    ['GRPC', 'https', 2],
    ['HTTPS', 'http', 2],
    ['TLS', 'grpc', 2],
    ['HTTP', 'mongo', 2],
    ['HTTP', 'http', 0],
    ['HTTP', 'grpc', 0],
    ['GRPC', 'http', 0],
    ['HTTPS', 'tls', 0],
    ['HTTPS', 'https', 0],
    ['TLS', 'tcp', 0],
    ['TCP', 'http', 0],
    ['HTTP', 'tcp', 0],
    ['TCP', 'https', 0],
  ];
  for (const [spoken, name, count] of cases) {
    it(`${spoken} over a port named ${name} is ${count === 0 ? 'no mistake' : 'one'}`, () => {
      assert.equal(mismatches(spoken, name).length, count);
    });
  }
});
