/** What is right for each of the documents beside this file. */
import type { BackendOptions } from '../support/backend.js';

export interface Row {
  /** A file, without its ending. */
  readonly input: string;
  readonly right: string;
  /** Line, code, and words of each finding. */
  readonly findings?: readonly (readonly [line: number, code: string, words: string])[];
  /** Host, who answers or with which status, and the path. */
  readonly requests?: readonly (readonly [host: string, answer: string, path?: string])[];
}

/** One for each file. */
export const ROWS: readonly Row[] = [
  {
    input: 'bad-values',
    right: 'an address or port that is none costs its endpoint alone',
    findings: [
      [8, 'InvalidPortNumber', '-1: must be between 1 and 65535, inclusive. The port is ignored.'],
      [13, 'InvalidAddress', 'must be an IP address. The endpoint is ignored. A DNS name can be'],
      [14, 'InvalidAddress', '"127.0.0.256"'],
      [15, 'InvalidPortNumber', '65536: must be between'],
    ],
    requests: [['parts', 'PARTS']],
  },
  {
    input: 'grpc-settings',
    right: 'a gRPC hostname speaks HTTP/2 to every service behind it, whatever their settings',
    requests: [['seats.global', 'SEATS_NORTH']],
  },
  {
    input: 'external-regions',
    right: 'external services are preferred by region, be they known by address or by name',
    findings: [
      [23, 'SplitTier', 'for clients in no region'],
      [33, 'SelectsNothing', 'external service has name "card-nowhere"'],
    ],
    requests: [['card.global', 'CARD_NEAR'], ['card-by-name.global', 'LOCALHOST']],
  },
  {
    input: 'policies-reach',
    right: 'a timeout counts for what its policy selects and for traffic that is shifted there, and 0s is none',
    requests: [
      ['print.global', '504'],
      ['print-hasty.global', '504'],
      ['old-print.print', '504'],
      ['print-patient.global', 'LATE'],
      ['print.print', 'LATE'],
    ],
  },
  {
    input: 'policies-elsewhere',
    right: 'a selector that finds nothing or is not understood selects nothing, and says so',
    findings: [
      [22, 'SelectsNothing', 'There is no Workspace'],
      [27, 'UnknownField', 'Did you mean "labels"?'],
      [32, 'UnknownField', 'Without applyToRoutes the resource would be about everything'],
      [37, 'SelectsNothing', 'label shop=slowly'],
      [42, 'SelectsNothing', 'has no port 1'],
      [47, 'SelectsNothing', 'Did you mean "slow"?'],
      [53, 'SelectsNothing', 'cluster nowhere'],
    ],
    requests: [['slow.global', 'LATE'], ['slow.slow', 'LATE']],
  },
  {
    input: 'route-order',
    right: 'the more specific route goes first',
    requests: [['pages.web', 'PAGES'], ['pages.web', 'NEWS', '/news/today']],
  },
  {
    input: 'own-name',
    right: 'a hostname that is the name of a service fails over by all names of the service',
    requests: [
      ['desk.front', 'DESK_SOUTH'],
      ['desk.front.svc', 'DESK_SOUTH'],
      ['desk.front.svc.cluster.local', 'DESK_SOUTH'],
      ['desk.front.svc.cluster.local.', 'DESK_SOUTH'],
      ['desk.front.svc.north.global', '503'],
    ],
  },
  {
    input: 'headless',
    right: 'a pod of a headless service is called by its own name',
    requests: [
      ['member-0.members.club', 'MEMBER_0'],
      ['member-1.members.club.svc.cluster.local', 'MEMBER_1'],
      ['member-2.members.club', '404'],
    ],
  },
  {
    input: 'without-cluster',
    right: 'a service that names no cluster, with an Endpoints object, has its short names',
    requests: [['lone', 'LONE'], ['lone.shop', 'LONE'], ['lone.shop.svc', 'LONE']],
  },
  { input: 'two-clusters.north', right: 'of two dumps with the same names, the first counts' },
  {
    input: 'two-clusters.south',
    right: 'and the other says how to name their clusters',
    findings: [
      [2, 'DuplicateResource', 'name these: with --config NAME=PATH'],
      [7, 'DuplicateResource', 'two-clusters.north.yaml:7 already'],
    ],
  },
  {
    input: 'databases',
    right: 'the name of a port says that it is a database, and two on one port are told',
    findings: [
      [5, 'ProtocolGuessed', 'Set appProtocol, or a name that begins with the protocol'],
      [18, 'PortTaken', 'cache.data comes first, and TCP needs a port to itself'],
    ],
  },
  {
    input: 'external-name',
    right: 'an external name may end in a dot, one that is none is told, and so is a wildcard without addresses',
    findings: [
      [9, 'InvalidAddress', '"no where": must be a DNS name'],
      [14, 'HostWithoutAddress', '*.files.example: give endpoints'],
    ],
    requests: [['mirror.files', 'LOCALHOST'], ['nowhere.files', '503'], ['x.files.example', '404']],
  },
  {
    input: 'written-oddly',
    right: 'YAML is read as kubectl reads it',
    findings: [
      [22, 'WrongType', 'must be a text, not 2.10. Put it in quotes.'],
      [22, 'WrongType', 'must be a text, not on. YAML reads it as true.'],
    ],
    requests: [['odd', 'ODD'], ['numbers', '404']],
  },
  {
    input: 'exclusive',
    right: 'two fields of which one may be given are told, and a port that is not there',
    findings: [
      [18, 'ExclusiveFields', 'static and localized exclude each other'],
      [26, 'BackingPortNotFound', 'its only port is'],
    ],
    requests: [['one.once', '503']],
  },
  {
    input: 'without-effect',
    right: 'what has no effect, or is never reached, is told',
    findings: [
      [20, 'FieldWithoutEffect', 'it is about HTTP requests'],
      [40, 'UnreachableLocality', 'is inside "from" north'],
      [41, 'NothingReachable', 'none is in moon'],
      [42, 'LocalityNotFound', 'Endpoints are in north/a, north/b.'],
    ],
  },
  {
    input: 'https-as-http',
    right: 'HTTP in front of HTTPS is told',
    findings: [
      [14, 'ProtocolMismatch', 'requests are sent without TLS and fail. Use protocol HTTPS'],
    ],
  },
  { input: 'grpc-retries', right: 'UNAVAILABLE is tried again, and with attempts: 0 it is not' },
];

/** Servers by the names of their addresses. */
export const BACKENDS: Readonly<Record<string, Partial<BackendOptions>>> = {
  PARTS: {},
  SEATS_NORTH: { protocol: 'http2' },
  SEATS_SOUTH: { protocol: 'http2' },
  CARD_NEAR: {},
  LOCALHOST: { address: '127.0.0.1' },
  LATE: {},
  PAGES: {},
  NEWS: {},
  DESK_SOUTH: {},
  MEMBER_0: {},
  MEMBER_1: {},
  LONE: {},
  ODD: {},
  BUSY: { protocol: 'http2', headers: { 'grpc-status': '14' } },
};
