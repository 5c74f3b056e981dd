/** The figures of one way and one number of virtual hosts. */
import { setTimeout as delay } from 'node:timers/promises';
import { hostname } from '../world/names.js';
import { freePort } from '../../integration/support/processes/addresses.js';
import { RunningEnvoy } from './envoy.js';
import type { Way } from './messages.js';
import { Plane } from './plane.js';
import { type Answer, Client, latency } from './requests.js';

export interface Figures {
  /** Bytes of routes and virtual hosts until Envoy listens, and after it serves `USED` hosts. */
  readonly startBytes: number;
  readonly usedBytes: number;
  /** Bytes that Envoy has allocated, at the same times. */
  readonly startMemory: number;
  readonly usedMemory: number;
  /** From the connection to the first served request. */
  readonly firstServedMs: number;
  /** One changed virtual host: bytes, time until a request shows it, and the CPU time of Envoy and of this process. */
  readonly changeBytes: number;
  readonly changeMs: number;
  readonly changeEnvoyMs: number;
  readonly changePlaneMs: number;
  /** Of that, until the bytes to be sent are made. */
  readonly changeEncodingMs: number;
  readonly first: readonly Answer[];
  readonly later: readonly Answer[];
  /** A host that does not exist: the first request and the second. */
  readonly missing: readonly Answer[];
  readonly burstFailures: number;
  readonly burstMs: number;
  /** While the control plane is away. */
  readonly awayKnown: Answer;
  readonly awayUnknown: Answer;
  /** A request to an unknown host that was sent while it was away: from its return to the answer. */
  readonly returnMs: number;
  /** Bytes and virtual hosts that the Envoy was sent when the control plane was back. */
  readonly returnBytes: number;
  readonly returnHosts: number;
  /** Memory of Envoy and its CPU time for each of `STRANGERS` further hosts that do not exist. */
  readonly strangerBytes: number;
  readonly strangerEnvoyMs: number;
}

const USED = 50;
const ASKED = 100;
const BURST = 100;
/** Hosts with clusters: those in use, those for latency, those of the burst, and some for the time of the absence. */
const CLUSTERS = USED + ASKED + BURST + 10;
const SHOWN_CHANGES = 5;
const COUNTED_CHANGES = 10;
const STRANGERS = 500;
/** Until Envoy has freed the configurations that others have replaced, in milliseconds. */
const SETTLE_MS = 2_000;
const AWAY_LIMIT_MS = 2_000;
const RETURN_LIMIT_MS = 40_000;

export async function measure(way: Way, hosts: number, backendPort: number): Promise<Figures> {
  const listenerPort = await freePort();
  const plane = new Plane({ way, hosts, clusters: CLUSTERS, listenerPort, backendPort });
  await plane.start();
  const envoy = await RunningEnvoy.start(plane.port);
  const client = new Client(listenerPort);
  try {
    return await figuresOf(plane, envoy, client, new Client(listenerPort));
  } finally {
    client.close();
    await envoy.stop();
    await plane.stop();
  }
}

/** `many`: a client for the burst, whose connections are closed after it. */
async function figuresOf(plane: Plane, envoy: RunningEnvoy, client: Client, many: Client): Promise<Figures> {
  const start = { startBytes: plane.sent.bytes, startMemory: await envoy.memory() };
  const served = await client.get(hostname(0));
  if (served.status !== 200) throw new Error(`the first request got ${String(served.status)}`);
  const firstServedMs = performance.now() - plane.connectedAt;
  await client.each(names(0, USED));
  await delay(SETTLE_MS);
  const used = { usedBytes: plane.sent.bytes, usedMemory: await envoy.memory() };
  const change = await changes(plane, envoy, client);
  const asked = names(USED, ASKED);
  const [first, later] = [await client.each(asked), await client.each(asked)];
  const missing = await client.each(['missing.global', 'missing.global']);
  const burst = await burstOf(many, names(USED + ASKED, BURST));
  many.close();
  const strangers = await strangersOf(envoy, client);
  const away = await awayOf(plane, client);
  return { ...start, ...used, firstServedMs, ...change, first, later, missing, ...burst, ...strangers, ...away };
}

async function changes(plane: Plane, envoy: RunningEnvoy, client: Client) {
  const shown: number[] = [];
  const before = plane.sent.bytes;
  for (let version = 1; version <= SHOWN_CHANGES; version += 1) {
    const began = performance.now();
    const { acknowledged } = plane.change(0, version);
    while ((await client.get(hostname(0))).version !== version) await delay(1);
    shown.push(performance.now() - began);
    await acknowledged;
  }
  const changeBytes = (plane.sent.bytes - before) / SHOWN_CHANGES;
  await delay(500);
  const [envoyBefore, planeBefore] = [envoy.cpuSeconds(), process.cpuUsage()];
  let encodingMs = 0;
  for (let version = 1; version <= COUNTED_CHANGES; version += 1) {
    const change = plane.change(1, version);
    encodingMs += change.encodingMs;
    await change.acknowledged;
  }
  await delay(500);
  const { user, system } = process.cpuUsage(planeBefore);
  return {
    changeBytes,
    changeMs: shown.sort((a, b) => a - b)[Math.floor(SHOWN_CHANGES / 2)] ?? NaN,
    changeEnvoyMs: ((envoy.cpuSeconds() - envoyBefore) * 1_000) / COUNTED_CHANGES,
    changePlaneMs: (user + system) / 1_000 / COUNTED_CHANGES,
    changeEncodingMs: encodingMs / COUNTED_CHANGES,
  };
}

/** Two requests to each host, all at once. */
async function burstOf(client: Client, hosts: readonly string[]) {
  const answers = await Promise.all([...hosts, ...hosts].map((host) => client.get(host)));
  return {
    burstFailures: answers.filter(({ status }) => status !== 200).length,
    burstMs: latency(answers, 1),
  };
}

async function strangersOf(envoy: RunningEnvoy, client: Client) {
  await delay(SETTLE_MS);
  const [memory, cpu] = [await envoy.memory(), envoy.cpuSeconds()];
  await client.each(Array.from({ length: STRANGERS }, (_, index) => `stranger-${String(index)}.global`));
  await delay(SETTLE_MS);
  return {
    strangerBytes: ((await envoy.memory()) - memory) / STRANGERS,
    strangerEnvoyMs: ((envoy.cpuSeconds() - cpu) * 1_000) / STRANGERS,
  };
}

async function awayOf(plane: Plane, client: Client) {
  await plane.stop();
  const awayKnown = await client.get(hostname(0));
  const awayUnknown = await client.get(hostname(CLUSTERS - 1), AWAY_LIMIT_MS);
  const waiting = client.get(hostname(CLUSTERS - 2), RETURN_LIMIT_MS);
  Object.assign(plane.sent, { bytes: 0, hosts: 0 });
  const back = performance.now();
  await plane.start();
  await waiting;
  const returnMs = performance.now() - back;
  while (plane.connectedAt < back && performance.now() < back + RETURN_LIMIT_MS) await delay(100);
  await delay(3_000);
  return { awayKnown, awayUnknown, returnMs, returnBytes: plane.sent.bytes, returnHosts: plane.sent.hosts };
}

function names(from: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => hostname(from + index));
}
