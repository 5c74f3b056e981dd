/** Alternatives to the kinds of other meshes and gateways. */

/**
 * A sentence that names the alternative to an unsupported kind, with a leading blank. `undefined` if there is none.
 * @param apiVersion of the document. Only its group matters.
 */
export function replacementFor(apiVersion: string, kind: string): string | undefined {
  const group = apiVersion.split('/', 1)[0] ?? '';
  const advice = replacements.find(({ groups, kinds }) => groups.test(group) && kinds.includes(kind))?.advice;
  return advice === undefined ? undefined : ` ${advice}`;
}

const ISTIO = /(?:^|\.)istio\.io$/u;
const GATEWAY_API = /^gateway\.networking\.k8s\.io$/u;
const GLOO = /(?:^|\.)solo\.io$/u;

const ROUTES =
  'Describe its routes, timeouts and retries in a TrafficPolicy, or in a RetryTimeoutPolicy for a failover hostname.';
const EXTERNAL = 'Describe the service in a Destination with spec.externalService.';

/**
 * The kinds are documented at https://istio.io/latest/docs/reference/config/networking/ and https://gateway-api.sigs.k8s.io/reference/spec/
 */
const replacements: readonly { readonly groups: RegExp; readonly kinds: readonly string[]; readonly advice: string }[] =
  [
    { groups: ISTIO, kinds: ['VirtualService'], advice: ROUTES },
    {
      groups: ISTIO,
      kinds: ['DestinationRule'],
      advice:
        'Describe its outlier detection in an OutlierDetectionPolicy, its locality failover in a FailoverPolicy, and its TLS settings and subsets in a TrafficPolicy.',
    },
    { groups: ISTIO, kinds: ['ServiceEntry'], advice: EXTERNAL },
    {
      groups: ISTIO,
      kinds: ['WorkloadEntry', 'WorkloadGroup'],
      advice: 'List its addresses as endpoints of a Destination, or in an EndpointSlice.',
    },
    {
      groups: ISTIO,
      kinds: ['Gateway'],
      advice: 'Set node.metadata.ROLE of an Envoy to gateway (lifeboat bootstrap --role gateway).',
    },
    {
      groups: ISTIO,
      kinds: ['Sidecar'],
      advice: 'The node of an Envoy and the meshes of the resources determine what the Envoy gets.',
    },
    { groups: GATEWAY_API, kinds: ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'], advice: ROUTES },
    {
      groups: GATEWAY_API,
      kinds: ['Gateway', 'GatewayClass'],
      advice: 'Set node.metadata.ROLE of an Envoy to gateway (lifeboat bootstrap --role gateway).',
    },
    { groups: GLOO, kinds: ['RouteTable', 'VirtualGateway'], advice: ROUTES },
    { groups: GLOO, kinds: ['ExternalService', 'ExternalEndpoint'], advice: EXTERNAL },
    {
      groups: GLOO,
      kinds: ['ConnectionPolicy', 'FaultInjectionPolicy', 'MirrorPolicy', 'HeaderManipulationPolicy'],
      advice: 'Describe it in a TrafficPolicy.',
    },
  ];
