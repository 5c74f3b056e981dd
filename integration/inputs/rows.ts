/** The expected results of each document in this folder. */
import type { BackendOptions } from '../support/services/backend.js';

export interface Row {
  /** A file, without its ending. */
  readonly input: string;
  readonly right: string;
  /** Line, code and words of each finding. The words name its subject, not its phrases. */
  readonly findings?: readonly (readonly [line: number, code: string, words: string])[];
  /** Host, then the backend or status of the response, then the path. */
  readonly requests?: readonly (readonly [host: string, answer: string, path?: string])[];
}

/** One row for each file. */
export const ROWS: readonly Row[] = [
  {
    input: 'bad-values',
    right: 'an address or port that is none costs its endpoint alone',
    findings: [
      [8, 'InvalidPortNumber', 'Invalid port number -1'],
      [13, 'InvalidAddress', '"parts.example.com"'],
      [14, 'InvalidAddress', '"127.0.0.256"'],
      [15, 'InvalidPortNumber', 'Invalid port number 65536'],
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
      [23, 'SplitTier', 'card-far.pay'],
      [33, 'SelectsNothing', '"card-nowhere"'],
    ],
    requests: [
      ['card.global', 'CARD_NEAR'],
      ['card-by-name.global', 'LOCALHOST'],
    ],
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
      [22, 'SelectsNothing', 'workspace "none"'],
      [27, 'UnknownField', 'Did you mean "labels"?'],
      [32, 'UnknownField', 'Did you mean "applyToRoutes"?'],
      [37, 'SelectsNothing', 'shop=slowly'],
      [42, 'SelectsNothing', 'port 1'],
      [47, 'SelectsNothing', 'Did you mean "slow"?'],
      [53, 'SelectsNothing', 'nowhere'],
    ],
    requests: [
      ['slow.global', 'LATE'],
      ['slow.slow', 'LATE'],
    ],
  },
  {
    input: 'route-order',
    right: 'the more specific route goes first',
    requests: [
      ['pages.web', 'PAGES'],
      ['pages.web', 'NEWS', '/news/today'],
    ],
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
    requests: [
      ['lone', 'LONE'],
      ['lone.shop', 'LONE'],
      ['lone.shop.svc', 'LONE'],
    ],
  },
  { input: 'two-clusters.north', right: 'of two dumps with the same names, the first counts' },
  {
    input: 'two-clusters.south',
    right: 'and the other says how to name their clusters',
    findings: [
      [2, 'DuplicateResource', '--config NAME=PATH'],
      [7, 'DuplicateResource', 'two-clusters.north.yaml:7'],
    ],
  },
  {
    input: 'databases',
    right: 'the name of a port says that it is a database, and two on one port are told',
    findings: [
      [5, 'ProtocolGuessed', 'appProtocol'],
      [18, 'PortTaken', 'cache.data'],
    ],
  },
  {
    input: 'external-name',
    right: 'an external name may end in a dot, one that is none is told, and so is a wildcard without addresses',
    findings: [
      [9, 'InvalidAddress', '"no where"'],
      [14, 'HostWithoutAddress', '*.files.example'],
    ],
    requests: [
      ['mirror.files', 'LOCALHOST'],
      ['nowhere.files', '503'],
      ['x.files.example', '404'],
    ],
  },
  {
    input: 'written-oddly',
    right: 'YAML is read as kubectl reads it',
    findings: [
      [22, 'WrongType', '2.10'],
      [22, 'WrongType', 'on. YAML reads it as true'],
    ],
    requests: [
      ['odd', 'ODD'],
      ['numbers', '404'],
    ],
  },
  {
    input: 'exclusive',
    right: 'two fields of which one may be given are told, and a port that is not there',
    findings: [
      [18, 'ExclusiveFields', 'static and localized'],
      [26, 'BackingPortNotFound', 'no port 82'],
    ],
    requests: [['one.once', '503']],
  },
  {
    input: 'without-effect',
    right: 'what has no effect, or is never reached, is told',
    findings: [
      [20, 'FieldWithoutEffect', 'requestTimeout has no effect on pair-idle.idle'],
      [40, 'UnreachableLocality', 'north/b'],
      [41, 'NothingReachable', 'pair.idle'],
      [42, 'LocalityNotFound', 'moon'],
    ],
  },
  {
    input: 'https-as-http',
    right: 'HTTP in front of HTTPS is told',
    findings: [[14, 'ProtocolMismatch', 'sealed.tls']],
  },
  { input: 'grpc-retries', right: 'UNAVAILABLE is tried again, and with attempts: 0 it is not' },
];

/** The servers, by the names of their addresses. */
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
