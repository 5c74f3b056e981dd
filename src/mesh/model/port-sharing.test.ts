import assert from 'node:assert/strict';
import type { Protocol } from './model.js';
import { type Host, usePorts } from './port-sharing.js';
import type { ClusterKey } from './cluster-key.js';

const host = (cluster: string, protocol: Protocol, port = 80): Host => ({
  cluster: cluster as ClusterKey,
  port,
  protocol,
});

describe('the hosts of a port', () => {
  it('are all that can be distinguished, failover destinations first', () => {
    const uses = usePorts(
      [host('f1', 'HTTP'), host('f2', 'TLS')],
      [host('a', 'GRPC'), host('b', 'HTTPS'), host('c', 'HTTP2')],
    );
    assert.deepEqual(uses.get(80), { http: ['f1', 'a', 'c'], tls: ['f2', 'b'], sole: [], addressed: [] });
  });

  it('are one failover destination if it cannot share the port', () => {
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

  it('are a failover destination that can share the port, and no service that cannot', () => {
    assert.deepEqual(usePorts([host('f', 'HTTP')], [host('a', 'TCP')]).get(80), {
      http: ['f'],
      tls: [],
      sole: [],
      addressed: [{ cluster: 'a', protocol: 'TCP' }],
    });
  });

  it('are services that can share the port rather than one that cannot', () => {
    assert.deepEqual(usePorts([], [host('a', 'TCP'), host('b', 'HTTP')]).get(80), {
      http: ['b'],
      tls: [],
      sole: [],
      addressed: [{ cluster: 'a', protocol: 'TCP' }],
    });
  });

  it('are one of the services that cannot share the port, in order', () => {
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

  it('are decided for each port separately, in the order of ports', () => {
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
