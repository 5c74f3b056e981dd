/** Sections about what was measured by hand, as `make bench` does not measure it. */
import { markdownTable } from './format.js';

/** The result of a manual comparison of Node.js versions. `make bench` measures one version. */
export function nodeVersions(): readonly string[] {
  return [
    '## Node.js versions',
    'With state-of-the-world xDS, Node.js 26 takes more CPU for a change and a quarter more memory than Node.js 20. The cause is the young generation of V8, which may grow to twice the size there (semi-spaces of 32 MB instead of 16 MB). ' +
      'Each client repeats all names in its acknowledgement, so a change brings in megabytes of buffers. Buffers in the young generation are freed only when it is collected. The larger it is, the more of them are alive at the same time, and ' +
      'V8 then collects the whole heap because of the memory outside of it. These figures are from one or two runs at 1 000 × 500 on a busy machine, so the numbers of collections are more reliable than the times:',
    markdownTable({
      head: [
        'Node.js',
        'semi-space, MB',
        'young collections',
        'full collections',
        'server CPU per change, ms',
        'peak memory of the cold start, MB',
      ],
      rows: NODE_VERSIONS,
    }),
    'Smaller semi-spaces help on both versions: `NODE_OPTIONS=--max-semi-space-size=8 lifeboat serve …`. Incremental Envoys acknowledge in 80 bytes and do not have this cost.',
    "The program does not set this itself. `v8.setFlagsFromString('--max-semi-space-size=…')` has no effect at run time: on Node.js 20.20 a semi-space still grows to 16 MB. " +
      '`--semi-space-growth-factor=1` works there, because the young generation then keeps its current size, but newer versions of V8 declare 2 as the minimum of this flag. A shebang with `env -S` applies only to some ways to start the program. ' +
      'A `Worker` with `resourceLimits` receives no signals and needs a second isolate. `process.execve` is experimental, and Node.js 20 does not have it.',
  ];
}

const NODE_VERSIONS: readonly (readonly string[])[] = [
  ['20.20', '16 (default)', '86', '10', '78', '207'],
  ['20.20', '8', '152', '3', '38', '196'],
  ['26.12', '32 (default)', '46, 48', '14, 11', '103, 83', '263, 267'],
  ['26.12', '16', '77', '11', '115', '231'],
  ['26.12', '8', '156, 154', '3, 7', '36, 59', '217, 216'],
];

/** Measured with `node dist/bench/vhds/main.js`. */
export function virtualHosts(): readonly string[] {
  return [
    '## Virtual hosts on demand',
    'Envoy can ask for a virtual host when a request first needs it (VHDS, with the HTTP filter `on_demand`), instead of getting all of them in one route configuration (RDS). ' +
      'These figures are from `node dist/bench/vhds/main.js` with Envoy 1.40, one port and 5 000 virtual hosts of 936 bytes on a busy machine: bytes and memory repeat within 2 %, times within a factor of 2.',
    markdownTable({ head: ['5 000 virtual hosts, 50 in use', 'RDS', 'VHDS'], rows: VIRTUAL_HOSTS }),
    'Lifeboat sends route configurations whole. VHDS does not pay as the default:',
    [
      'A request to a host that the Envoy has not used yet needs the control plane. While it is away, such a request waits without limit. This is what happens in an outage, when traffic moves to hosts that were not needed before.',
      'Most memory is in the clusters: 249 MB for 5 000, and 51 MB for 5 000 virtual hosts. VHDS saves a sixth of what such an Envoy needs.',
      'Envoy builds the whole table of routes again for each virtual host that it is sent. A first request costs 0.06 ms of CPU for each host that the Envoy already has, so 1 000 hosts cost 30 s, one after the other, and 0.4 s at once by RDS.',
      'At a gateway, each host name that a client makes up costs 20 ms of CPU and 2 to 4 KB of memory.',
      'A virtual host for all other domains (`*`) must not be in the route configuration, because Envoy then asks for nothing. The control plane has to answer it for each name.',
    ]
      .map((text) => `- ${text}`)
      .join('\n'),
    'What it would save is the size of a change: a new or changed service is 4.68 MB for each Envoy, which takes 0.4 s of CPU to read it. Endpoints are not in routes, so this does not concern failovers. Where services change often and an Envoy sees more than a thousand of them on one port, let it see fewer, for example by Workspaces.',
    'The library `lifeboat/xds` serves virtual hosts on demand ([library.md](library.md)). The route configuration needs an `initial_fetch_timeout` of 1 ms in its `vhds`: Envoy asks for virtual hosts once, without names, and would wait for a name of each route configuration for 15 s.',
  ];
}

const VIRTUAL_HOSTS: readonly (readonly string[])[] = [
  ['bytes until the Envoy listens', '4.68 MB', '189 B'],
  ['bytes with 50 hosts in use', '4.68 MB', '55 KB'],
  ['memory of the Envoy with 50 hosts in use', '72.7 MB', '21.8 MB'],
  ['connection until the first request is served', '682 ms', '323 ms'],
  ['one changed host: bytes', '4.68 MB', '1.11 KB'],
  ['one changed host: in force after', '775 ms', '10 ms'],
  ['one changed host: CPU of the Envoy / of the server', '413 / 86 ms', '5 / 2 ms'],
  ['first request to a host, p50 / p99', '1.8 / 8 ms', '14 / 36 ms'],
  ['later requests, p50', '0.9 ms', '1.3 ms'],
  ['200 requests at once to 100 hosts not used yet: failures', '0', '0'],
  ['control plane away: a host that was used / not used yet', 'served / served', 'served / waits'],
];
