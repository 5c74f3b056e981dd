import { measureCell, measureFloor } from './measure.js';
import { choosePinning } from './machine/cores.js';
import { buildPeer } from './contenders/peer.js';
import type { Cell } from './plan.js';
const peer = buildPeer();
console.log(peer);
const lab = { pinning: choosePinning(), peer: 'path' in peer ? peer.path : undefined };
const base: Cell = { contender: 'library', mode: 'delta', services: 100, clients: 100, localities: 1, types: 'endpoints', changes: 5, policies: 0, churnPerSecond: 100, churnSeconds: 2 };
const over = JSON.parse(process.argv[2] ?? '[{}]') as Partial<Cell>[];
for (const o of over) { const t = Date.now(); console.log(JSON.stringify(await measureCell(lab, { ...base, ...o }), (_k, v) => typeof v === 'number' ? Number(v.toPrecision(4)) : v)); console.log(Date.now() - t, 'ms'); }
console.log(JSON.stringify(await measureFloor(lab, { services: 100, clients: 500 }, 400)));
