/** An Envoy that proves who it is: with TLS, by certificates in its bootstrap, so that it needs no files, or by a token. */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import type { Certificate } from '../../../src/testing/certificate.js';
import type { ControlPlane } from '../processes/control-plane.js';
import { freePort } from '../processes/addresses.js';
import { lifeboat } from '../processes/lifeboat.js';
import type { Story } from '../story.js';
import { EnvoyAdmin } from './envoy-admin.js';
import { EnvoyContainer } from './envoy-container.js';

export interface TlsEnvoyOptions {
  readonly nodeId: string;
  /** Certificates of authorities, as PEM. */
  readonly authorities: string;
  /** Its own certificate. Default: none. */
  readonly certificate?: Certificate;
  /** Whether the control plane serves it. Default: yes. */
  readonly served?: boolean;
  /** Further flags of `lifeboat bootstrap`. */
  readonly flags?: readonly string[];
}

/** Starts one that connects in plain text with this bearer token. It is ready, if the control plane serves it. */
export async function startTokenEnvoy(
  story: Story,
  { xds }: ControlPlane,
  nodeId: string,
  token: string,
  served = true,
): Promise<void> {
  const printed = await lifeboat(
    ...['bootstrap', '--node-id', nodeId, '--locality', 'east', '--cluster', 'east', '--namespace', 'shop'],
    ...['--xds-address', `${xds.address}:${String(xds.port)}`],
  );
  assert.equal(printed.exitCode, 0, printed.stderr);
  const metadata = `initial_metadata: [{key: authorization, value: "Bearer ${token}"}]`;
  const withToken = printed.stdout.replaceAll(/^( *)- envoy_grpc:/gm, `$1- ${metadata}\n$1  envoy_grpc:`);
  assert.notEqual(withToken, printed.stdout);
  await startFrom(story, nodeId, withToken, served);
}

/** Starts it. It is ready, if the control plane serves it. */
export async function startTlsEnvoy(
  story: Story,
  { xds }: ControlPlane,
  options: TlsEnvoyOptions,
): Promise<EnvoyAdmin> {
  const { nodeId, authorities, certificate, flags = [], served = true } = options;
  const own = certificate === undefined ? [] : ['--tls-cert', '/cert.pem', '--tls-key', '/key.pem'];
  const printed = await lifeboat(
    ...['bootstrap', '--node-id', nodeId, '--locality', 'east', '--cluster', 'east'],
    ...['--xds-address', `${xds.address}:${String(xds.port)}`, '--tls-ca', '/ca.pem', '--tls-server-name', 'localhost'],
    ...own,
    ...flags,
  );
  assert.equal(printed.exitCode, 0, printed.stderr);
  const inline = printed.stdout
    .replace(/filename: \/ca\.pem/, inlined(authorities))
    .replace(/filename: \/cert\.pem/, inlined(certificate?.cert))
    .replace(/filename: \/key\.pem/, inlined(certificate?.key));
  return startFrom(story, nodeId, inline, served);
}

/** @param text the bootstrap; its admin address is replaced by a free one. */
async function startFrom(story: Story, nodeId: string, text: string, served = true): Promise<EnvoyAdmin> {
  const socket = { address: story.address(), port: await freePort() };
  const config = {
    ...(parse(text) as object),
    admin: { address: { socket_address: { address: socket.address, port_value: socket.port } } },
  };
  const { admin } = await story.keep(EnvoyContainer.startFrom(nodeId, config, new EnvoyAdmin(socket), { served }));
  return admin;
}

function inlined(pem = ''): string {
  return `inline_string: ${JSON.stringify(pem)}`;
}
