/** Ports that the application and its Envoy both want. */
import assert from 'node:assert/strict';
import { appPorts } from './app-ports.js';
import { portClashes } from './port-clashes.js';

function ports(container: object, list = 'containers'): readonly number[] {
  return appPorts({ [list]: [{ name: 'app', ...container }] }).map(({ port }) => port);
}

describe('appPorts', () => {
  it('are those that containers declare', () => {
    const declared = [
      { containerPort: 80 },
      { containerPort: 81, protocol: 'TCP' },
      { containerPort: 53, protocol: 'UDP' },
    ];
    assert.deepEqual(ports({ ports: declared }), [80, 81]);
    assert.deepEqual(ports({ ports: declared }, 'initContainers'), [80, 81]);
  });

  it('are those that probes ask, once', () => {
    const probes = {
      ports: [{ containerPort: 80 }],
      livenessProbe: { httpGet: { port: 80 } },
      readinessProbe: { grpc: { port: 82 } },
      startupProbe: { tcpSocket: { port: 'http' } },
    };
    assert.deepEqual(ports(probes), [80, 82]);
  });

  it('are not those of the sidecar itself', () => {
    assert.deepEqual(ports({ name: 'lifeboat-envoy', ports: [{ containerPort: 80 }] }), []);
  });
});

describe('portClashes', () => {
  const port = { container: 'app', port: 9080, path: [], line: 3, column: 4 };
  const workload = { ref: 'Pod/n/p', namespace: 'n', labels: {}, ports: [port] };
  const listener = (portValue: number) => ({ address: { socketAddress: { address: '127.0.0.1', portValue } } });

  it('name the container and the address of the listener', () => {
    const [clash, ...others] = portClashes(workload, [listener(1), listener(9080)]);
    assert.deepEqual(others, []);
    assert.match(clash?.message ?? '', /^Container app uses port 9080, .*127\.0\.0\.1:9080.*--listen-port-offset/);
    assert.deepEqual([clash?.line, clash?.column, clash?.severity], [3, 4, 'warning']);
  });

  it('are none with other ports, or with listeners that bind none', () => {
    assert.deepEqual(portClashes(workload, [listener(19_080)]), []);
    assert.deepEqual(portClashes(workload, [{ ...listener(9080), bindToPort: false }]), []);
  });
});
