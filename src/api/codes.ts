/**
 * The codes of findings. Each has the description that the documentation prints. The description states the problem in general, and the
 * message of a finding states the specific problem.
 */

/** Grouped by the stage that reports them: reading files, decoding a single resource, or evaluating all resources together. */
export const diagnosticCodes = {
  // Reading files.
  PathNotFound: 'A configured path does not exist.',
  EmptyPath: 'A configured path contains no resources; its last resources stay in force for a grace time.',
  UnreadableFile: 'A file or directory cannot be read; its last valid content stays in force.',
  NotAFile: 'A path is neither a regular file nor a directory.',
  FileTooLarge: 'A file is larger than the limit.',
  TooManyDocuments: 'A file has more documents than the limit; its last valid content stays in force.',
  TooManyFiles: 'A configured path has more files and directories than the limit; those that are new are not read.',
  DirectoryTooDeep: 'A directory is nested deeper than the limit; it is not read.',
  LinkNotFollowed: 'A symbolic link leads out of the configured paths; it is not followed.',
  MoreFindings: 'A file has more findings than are shown.',
  InvalidEncoding: 'A file is not UTF-8 text.',
  EmptyFile: 'A file contains no resources; its last resources stay in force for a grace time.',
  InvalidYaml: 'A document is not valid YAML or JSON.',
  TemplateNotRendered: 'A file is a template (of Helm, for example) that was not rendered; it is not read.',
  YamlWarning: 'A document is valid YAML, but part of it is not read as it was probably meant.',
  DuplicateKey: 'A mapping has the same key twice.',
  ForbiddenKey: 'A mapping has a key that is never valid.',
  InvalidAlias: 'An alias has no anchor, refers to itself, or expands beyond the limit.',
  DocumentTooDeep: 'A document is nested deeper than the limit.',
  DocumentTooLarge: 'A document is larger than the limit.',
  NotAResource: 'A document is not a mapping with apiVersion, kind and metadata.',
  InvalidName: 'A name or namespace is not valid in Kubernetes.',
  DuplicateResource: 'The same resource is defined twice; the first one, in the order of paths, stays in force.',
  LastGoodKept: 'A resource can no longer be read from its file; its last valid version stays in force.',

  // Decoding one resource.
  UnknownKind: 'Lifeboat does not read the kind; the resource is ignored.',
  UnknownApiVersion: 'The kind is known, but not in this apiVersion; the resource is ignored.',
  UnknownField: 'The field does not exist in this kind; it is ignored, but in a selector it is an error.',
  ExclusiveFields: 'Several fields are set of which only one is allowed.',
  InvalidSelector: 'A selector has a value that no object can have, so it selects nothing.',
  MissingField: 'A required field is missing.',
  WrongType: 'A value has the wrong type, such as a string where a number is expected.',
  InvalidValue: 'A value has the right type, but the field does not accept it.',
  RepeatedField: 'A resource has the same setting in two places.',
  InvalidDuration: 'A duration cannot be read, or is out of range.',

  // Services and EndpointSlices of Kubernetes, and Destinations.
  AlreadyDeclared: 'A Destination resource describes the same service; the other one is ignored.',
  MissingServiceName: 'An EndpointSlice has no label that names its service.',
  ServiceNotFound: 'The Service that an EndpointSlice or Endpoints object belongs to is not among the resources.',
  NoEndpointSlices: 'No EndpointSlice or Endpoints object belongs to a Service.',
  EndpointsRetained: 'A Service lost more than half of its endpoints at once; they stay in force for a grace time.',
  InvalidAddress: 'An address cannot be used; the endpoint or host that has it is ignored.',
  RepeatedPort: 'Two ports of a service have the same number or name; the first is used.',
  ProtocolGuessed: 'The protocol of a port is guessed from its number.',
  UnknownProtocol: 'Lifeboat does not know the protocol of a port; its name or number decides.',
  UnmatchedPort: 'A port of a service matches no port of its endpoints.',
  HostWithoutAddress: 'A wildcard host of an external service has no endpoints and cannot be resolved.',
  HostsNotDistinguished: 'Hosts of an external service cannot be told apart on a port.',

  // FailoverService and VirtualDestination.
  MissingPort: 'A failover destination or service has no port.',
  InvalidPortNumber: 'A port number is outside 1 to 65535.',
  InvalidProtocol: 'A protocol is not one of HTTP, HTTPS, GRPC, HTTP2, MONGO, TCP, TLS.',
  NoBackingServices: 'The failover destination lists no service.',
  BackingServiceNotFound: 'A backing service is not among the discovered services.',
  BackingPortNotFound: 'A backing service has no port that matches.',
  RepeatedBackingService: 'The same backing service is listed more than once.',
  MissingOutlierDetection: 'No policy configures outlier detection for a destination, so failover cannot happen.',
  BackingMeshNotFound: 'The mesh of a backing service is unknown.',
  MissingMeshes: 'Meshes exist, but the resource does not select any of them.',
  MeshNotFound: 'A mesh that the resource names is unknown.',
  VirtualMeshNotFound: 'A virtual mesh that the resource names is unknown.',
  MeshNotGrouped: 'Several meshes are involved, and one of them is in no VirtualMesh.',
  SeveralVirtualMeshes: 'The services belong to more than one VirtualMesh.',
  MissingHostname: 'The failover destination has no hostname.',
  InvalidHostname: 'A hostname is not a lowercase RFC 1123 subdomain.',
  MissingHostnameSuffix: 'A hostname lacks the suffix that the federation of its VirtualMesh requires.',
  HostnameTaken: 'Another resource takes precedence for the hostname and port.',
  PortConflict: 'Two failover destinations use one port, and they cannot share it; the older keeps it.',
  AddressTaken:
    'The address assigned to a failover hostname for interception is in use; the hostname has another address.',
  RepeatedEndpoint: 'The same address is in several tiers; only the first of them keeps it.',
  HangNoticedLate:
    'No timeout limits a try, so a backend that accepts requests without answering is ejected late or never.',
  ProtocolMismatch: 'A failover destination and one of its services have different protocols.',
  CrowdedCluster: 'A VirtualDestination selects several services of one cluster.',
  MissingRegion: 'A locality or a service has no region.',
  RepeatedLocality: 'A locality is given twice.',
  UnreachableLocality: 'A target of a mapping is inside an earlier locality, so it has no effect.',
  LocalityNotFound: 'A mapping names a locality without endpoints and Nodes; connected proxies do not count.',
  LabelNotFound: 'A policy has a priority label that no endpoint has; labels of connected proxies do not count.',
  EndpointWithoutRegion: 'Endpoints have no region, so no mapping includes them.',
  NothingReachable: 'Clients in a locality have no endpoint in any tier: their requests fail.',
  SplitTier: 'Services of one tier have different settings, so they are used one after the other.',

  // Destination.
  PortTaken: 'A service gets no listener on a port, because a destination with precedence cannot share it.',

  // TrafficPolicy.
  DestinationNotFound: 'A selector names a service that is not among the discovered services.',
  SourceSelectorNotAllowed:
    'A policy configures outlier detection for some clients only, although it applies to all of them.',
  InvalidPercent: 'A percentage is outside 0 to 100.',
  InvalidWeights: 'Weights are out of range or do not add up to 100.',
  ShiftTargetNotFound: 'A traffic shift names a target that does not exist.',
  FieldConflict: 'An older policy already sets the same field for the same traffic.',
  UnsupportedTarget: 'A traffic shift names a target of a kind that it cannot send traffic to.',
  TargetPortNotFound: 'A target of a traffic shift or mirror has no such port.',
  TargetWithoutTiers: 'A weighted target has no failover, so its share of the requests fails when the target fails.',
  TargetSettingsDiffer:
    'Targets of a traffic shift have different retries or timeouts, but a route has only one setting of each.',
  InvalidSubset: 'A subset has labels that are not valid in Kubernetes.',
  SubsetNotFound: 'No endpoint has the labels of a subset.',
  MirrorTargetNotFound: 'A mirror names a service that does not exist.',
  InvalidMatcher: 'A condition on requests contradicts itself or is not valid.',
  MatcherNeverMatches: 'A condition on requests is never met.',
  UnreachableRoute:
    'A condition or setting never applies, because another policy takes precedence for all of its requests.',
  InvalidRegex: 'Envoy cannot compile a regular expression, or it is too large.',
  InvalidHeader: 'A header has a name or value that HTTP does not allow, or may not be changed.',
  InvalidStatus: 'An HTTP status is outside 200 to 599.',
  InvalidFault: 'A fault is neither a delay nor an error, or both.',
  RetryDoesNotFit: 'A try may take as long as the whole request, so no time is left for a retry.',
  TimeoutNotRetried: 'The retry conditions do not include tries that time out.',
  UnknownRetryCondition: 'Envoy does not know a retry condition and ignores it.',
  EjectionTooLow: 'Outlier detection cannot eject enough endpoints to make Envoy leave a failed tier.',
  AppliesToAllTraffic: 'A setting applies to all traffic of a destination, although the policy selects part of it.',
  CertificateNotVerified: 'TLS to a destination encrypts without verifying the certificate of the server.',
  FieldWithoutEffect: 'Lifeboat accepts a field of the Gloo Mesh API, but the field has no effect.',

  // FailoverPolicy, OutlierDetectionPolicy, RetryTimeoutPolicy.
  KindNotSelectable: 'A policy selects destinations of a kind that it cannot apply to.',
  MappingsWin: 'A FailoverPolicy has both locality mappings and priority labels; the labels are ignored.',
  InvalidLabel: 'A label is not valid in Kubernetes, or a priority label is neither a key nor key=value.',
  MixedLabels: 'Priority labels mix keys and key=value.',
  SelectsNothing: 'A selector selects nothing, so it has no effect.',
  PolicyShadowed: 'An older policy of the same kind applies to a virtual destination that this one selects.',
  DirectivesReplaced: 'A FailoverPolicy replaces the failover directives of a virtual destination.',
  DefaultOutlierDetection: 'No policy configures outlier detection for a virtual destination; a default applies.',

  // Nodes of Envoys and gRPC clients.
  DuplicateNodeId: 'Several connected proxies have the same node.id, so statuses and metrics cannot tell them apart.',
  NodeWithoutLocality: 'A node has no locality, so all endpoints are equally near.',
  NodeLocalityNotFound: 'A node is in a region or zone that no endpoint is in.',
  NodeClusterNotFound: 'A node is in a cluster without a Mesh, or in one whose name is similar to that of another.',
  NodeMeshNotFound: 'A node names a Mesh that does not exist, so it gets no services of a mesh.',
  NodeLabelNotAsked: 'A label of a node is similar to one that a rule or selector uses.',
  InvalidNodeMetadata: 'An entry of node.metadata is not valid and is ignored.',
  UnknownNodeMetadata: 'An entry of node.metadata is similar to a known one; it is ignored.',
} as const satisfies Readonly<Record<string, string>>;

/** A code. It has the format of the `reason` of a Kubernetes condition. */
export type DiagnosticCode = keyof typeof diagnosticCodes;
