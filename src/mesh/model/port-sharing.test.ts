import assert from 'node:assert/strict';
import type { Protocol } from './model.js';
import { type Host, usePorts } from './port-sharing.js';
import type { ClusterKey } from './cluster-key.js';

const host = (cluster: string, protocol: Protocol, port = 80): Host => ({
  cluster: cluster as ClusterKey,
  port,
  protocol,
});

describe('who is on a port', () => {
  it('is everybody who can be told apart, failover destinations first', () => {
    const uses = usePorts(
      [host('f1', 'HTTP'), host('f2', 'TLS')],
      [host('a', 'GRPC'), host('b', 'HTTPS'), host('c', 'HTTP2')],
    );
    assert.deepEqual(uses.get(80), { http: ['f1', 'a', 'c'], tls: ['f2', 'b'], sole: [], addressed: [] });
  });

  it('is a failover destination alone that cannot share', () => {
    const uses = usePorts([host('f', 'MONGO')], [host('a', 'HTTP'), host('b', 'MONGO')]);
    assert.deepEqual(uses.get(80), {
      http: [],
      tls: [],
      sole: [{ cluster: 'f', protocol: 'MONGO' }],
      addressed: [
        { cluster: 'f', protocol: 'MONGO' },
        { cluster: 'b', protocol: 'MONGO' },
      ],
    });
  });

  it('is a failover destination that shares, but no service that does not', () => {
    assert.deepEqual(usePorts([host('f', 'HTTP')], [host('a', 'TCP')]).get(80), {
      http: ['f'],
      tls: [],
      sole: [],
      addressed: [{ cluster: 'a', protocol: 'TCP' }],
    });
  });

  it('is services that share rather than one that does not', () => {
    assert.deepEqual(usePorts([], [host('a', 'TCP'), host('b', 'HTTP')]).get(80), {
      http: ['b'],
      tls: [],
      sole: [],
      addressed: [{ cluster: 'a', protocol: 'TCP' }],
    });
  });

  it('is one of the services that do not share, in order', () => {
    const sole = [
      { cluster: 'a', protocol: 'TCP' },
      { cluster: 'b', protocol: 'MONGO' },
    ];
    assert.deepEqual(usePorts([], [host('a', 'TCP'), host('b', 'MONGO')]).get(80), {
      http: [],
      tls: [],
      sole,
      addressed: sole,
    });
  });

  it('is decided for each port by itself, in the order of ports', () => {
    const uses = usePorts(
      [host('f', 'TCP', 90)],
      [host('a', 'HTTP', 443), host('a', 'HTTP', 90), host('a', 'HTTP', 80)],
    );
    assert.deepEqual(
      [...uses].map(([port, { http, sole }]) => [port, http.length, sole.length]),
      [
        [80, 1, 0],
        [90, 0, 1],
        [443, 1, 0],
      ],
    );
  });
});
