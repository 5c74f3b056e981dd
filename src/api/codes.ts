/**
 * Every code that a finding can carry, with the line that the documentation prints for it. Says what is wrong in general; the
 * finding's own message says what is wrong in particular.
 */

/** Codes by the stage that finds them: reading the files, decoding one resource, looking at all resources together. */
export const diagnosticCodes = {
  // Reading files.
  PathNotFound: 'A configured path does not exist.',
  EmptyPath: 'A configured path holds no resources; what it had stays in force for a grace time.',
  UnreadableFile: 'A file or directory cannot be read; what was read from it last stays in force.',
  NotAFile: 'A path leads to something that is neither a regular file nor a directory.',
  FileTooLarge: 'A file is larger than the limit.',
  InvalidEncoding: 'A file is not UTF-8 text.',
  EmptyFile: 'A file holds no resources; what was read from it last stays in force for a grace time.',
  InvalidYaml: 'A document is not valid YAML or JSON.',
  TemplateNotRendered: 'A file is a template of Helm or the like that was not rendered; it is not read.',
  YamlWarning: 'A document is valid YAML, but part of it is not read as it was probably meant.',
  DuplicateKey: 'A mapping has the same key twice.',
  ForbiddenKey: 'A mapping has a key that is never valid.',
  InvalidAlias: 'An alias has no anchor, refers to itself, or expands to too much.',
  DocumentTooDeep: 'A document is nested deeper than the limit.',
  DocumentTooLarge: 'A document is larger than the limit.',
  NotAResource: 'A document is not a mapping with apiVersion, kind and metadata.',
  InvalidName: 'A name or namespace is not one that Kubernetes would accept.',
  DuplicateResource: 'The same resource stands in two places; the first by path stays in force.',
  LastGoodKept: 'A resource can no longer be read from its file; what was read last stays in force.',

  // Decoding one resource.
  UnknownKind: 'The kind is none that Lifeboat reads; the resource is ignored.',
  UnknownApiVersion: 'The kind is known, but not in this apiVersion; the resource is ignored.',
  UnknownField: 'The field does not exist in this kind; it is ignored, but in a selector it is an error.',
  ExclusiveFields: 'Several fields are given of which only one may be.',
  InvalidSelector: 'A selector has a value that nothing can have, so it selects nothing.',
  MissingField: 'A required field is missing.',
  WrongType: 'A value has the wrong type, such as a text where a number is expected.',
  InvalidValue: 'A value has the right type but is none that the field accepts.',
  RepeatedField: 'The same setting stands in two places of a resource.',
  InvalidDuration: 'A duration cannot be read, or is out of range.',

  // Services and EndpointSlices of Kubernetes.
  AlreadyDeclared: 'A Destination resource describes the same service; the discovered one is ignored.',
  MissingServiceName: 'An EndpointSlice does not say which service it belongs to.',
  InvalidAddress: 'The address of an endpoint cannot be used; the endpoint is ignored.',

  // FailoverService and VirtualDestination.
  MissingPort: 'The failover destination has no port.',
  InvalidPortNumber: 'A port number is outside 1 to 65535.',
  InvalidProtocol: 'A protocol is none of HTTP, HTTPS, GRPC, HTTP2, MONGO, TCP, TLS.',
  NoBackingServices: 'The failover destination lists no service.',
  BackingServiceNotFound: 'A backing service is not among the discovered services.',
  BackingPortNotFound: 'A backing service has several ports and none is the one asked for.',
  RepeatedBackingService: 'The same backing service is listed more than once.',
  MissingOutlierDetection: 'Nothing configures outlier detection for a destination, so failover cannot happen.',
  BackingMeshNotFound: 'The mesh of a backing service is unknown.',
  MissingMeshes: 'Meshes exist, but the resource does not say which of them it is for.',
  MeshNotFound: 'A mesh that the resource names is unknown.',
  VirtualMeshNotFound: 'A virtual mesh that the resource names is unknown.',
  MeshNotGrouped: 'Several meshes are involved, and one of them is in no VirtualMesh.',
  SeveralVirtualMeshes: 'The services belong to more than one VirtualMesh.',
  MissingHostname: 'The failover destination has no hostname.',
  InvalidHostname: 'A hostname is not a lowercase RFC 1123 subdomain.',
  MissingHostnameSuffix: "A hostname lacks the suffix that its VirtualMesh's federation asks for.",
  HostnameTaken: 'An older resource already uses the hostname and port.',
  PortConflict: 'Two failover destinations are on one port, and one of them needs it to itself; the older keeps it.',
  RepeatedEndpoint: 'The same address is in several tiers; only the best keeps it.',
  HangNoticedLate: 'Nothing limits how long a try may take, so a backend that hangs is noticed late or never.',
  ProtocolMismatch: 'A failover destination speaks another protocol than a service behind it.',
  CrowdedCluster: 'A localized VirtualDestination selects several destinations of one cluster.',
  MissingRegion: 'A locality has no region.',
  RepeatedLocality: 'A locality stands twice where it may stand once.',
  UnreachableLocality: 'A target of a mapping lies inside another place that comes before it, so it has no effect.',
  LocalityNotFound: 'A mapping names a locality in which nothing is.',
  LabelNotFound: 'A policy orders by a label that no endpoint has.',
  EndpointWithoutRegion: 'Endpoints have no region, so that no mapping leads to them.',
  NothingReachable: 'For clients in some place no endpoint is in any tier: their requests fail.',
  SplitTier: 'Services share a tier but not their settings, so they are used one after the other.',

  // Destination.
  PortTaken: 'A service gets no listener on a port, because what goes first there cannot share it.',

  // TrafficPolicy.
  DestinationNotFound: 'A selector names a service that is not among the discovered services.',
  SourceSelectorNotAllowed: 'A policy configures outlier detection, which counts for all clients, for some of them only.',
  InvalidPercent: 'A percentage is outside 0 to 100.',
  InvalidWeights: 'Weights are out of range or do not add up to 100.',
  ShiftTargetNotFound: 'A traffic shift names a target that does not exist.',
  FieldConflict: 'An older policy already sets the same field for the same traffic.',
  UnsupportedTarget: 'A traffic shift names a target of a kind that it cannot send traffic to.',
  TargetPortNotFound: 'A target of a traffic shift or mirror has no such port.',
  TargetWithoutTiers: 'A weighted target has nowhere to fail over to, so its share of the requests fails when it does.',
  InvalidSubset: 'A subset is not made of labels as Kubernetes takes them.',
  SubsetNotFound: 'No endpoint has the labels of a subset.',
  MirrorTargetNotFound: 'A mirror names a service that does not exist.',
  InvalidMatcher: 'A condition on requests is contradictory or names what no request has.',
  MatcherNeverMatches: 'A condition on requests is never met.',
  InvalidRegex: 'An expression is none that Envoy can compile, or too large for it.',
  InvalidHeader: 'A header has a name or value that HTTP does not allow, or may not be changed.',
  InvalidStatus: 'An HTTP status is outside 200 to 599.',
  InvalidFault: 'A fault is neither a delay nor an error, or both.',
  RetryDoesNotFit: 'One try may take as long as the whole request, so that no retry follows.',
  TimeoutNotRetried: 'The retry conditions do not cover tries that took too long.',
  UnknownRetryCondition: 'Envoy does not know a retry condition and ignores it.',
  EjectionTooLow: 'Outlier detection may not eject enough endpoints to leave a failed tier.',
  AppliesToAllTraffic: 'A setting counts for all traffic of a destination, although the policy is about part of it.',
  CertificateNotVerified: 'TLS towards a destination encrypts without verifying whom it speaks to.',
  FieldWithoutEffect: 'A field of the Gloo Mesh API is read, but has no effect here.',

  // FailoverPolicy, OutlierDetectionPolicy, RetryTimeoutPolicy.
  KindNotSelectable: 'A policy selects destinations of a kind that it cannot apply to.',
  MappingsWin: 'A FailoverPolicy gives both locality mappings and priority labels; the labels are ignored.',
  InvalidLabel: 'A priority label is neither a key nor key=value.',
  MixedLabels: 'Priority labels are keys and key=value mixed.',
  SelectsNothing: 'A selector selects nothing, so the policy does nothing there.',
  PolicyShadowed: 'An older policy of the same kind counts for a virtual destination that this one selects.',
  DirectivesReplaced: 'A FailoverPolicy replaces the failover directives of a virtual destination.',
  DefaultOutlierDetection: 'Nothing configures outlier detection for a virtual destination; a default is applied.',

  // Envoys and gRPC clients, by what their nodes say.
  DuplicateNodeId: 'Several connected proxies have the same node.id, so statuses and metrics cannot tell them apart.',
  NodeWithoutLocality: 'A node has no locality, so no endpoint is nearer to it than another.',
  NodeLocalityNotFound: 'A node is in a region or zone that no endpoint is in.',
  NodeClusterNotFound: 'A node is in a cluster that no Mesh is installed in, so it sees no service of a mesh.',
  NodeMeshNotFound: 'A node names a Mesh that does not exist, so it sees no service of a mesh.',
  NodeLabelNotAsked: 'A label of a node is nearly, but not quite, one that a rule or selector asks for.',
  InvalidNodeMetadata: 'An entry of node.metadata cannot be read; it counts as absent.',
  UnknownNodeMetadata: 'An entry of node.metadata is nearly, but not quite, one that is read; it is ignored.',
} as const satisfies Readonly<Record<string, string>>;

/** One of the codes: a word as in the reasons of Kubernetes conditions. */
export type DiagnosticCode = keyof typeof diagnosticCodes;
