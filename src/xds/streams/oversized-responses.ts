/** Responses that clients of gRPC refuse for their size, each told once. They are sent all the same: Envoy has no such limit. */
import type { Chunk } from '../batches/response.js';
import type { EncodedResource } from '../resources/resource.js';

/** The largest message that libraries of gRPC accept by default, in bytes: https://github.com/grpc/grpc-go/issues/5790 */
export const MAX_GRPC_MESSAGE = 4 << 20;
/** Of how many it is remembered that they were told; the oldest is forgotten first. */
const MAX_TOLD = 1_024;

/** A response that could not be split further. */
export interface OversizedResponse {
  readonly typeUrl: string;
  /** Of the response. */
  readonly version: string;
  readonly bytes: number;
  /** How many resources it has. */
  readonly resources: number;
  /** The largest of them. If it is above 4 MiB itself, no response that has it fits. */
  readonly largest: { readonly name: string; readonly version: string; readonly bytes: number };
}

export class OversizedResponses {
  readonly #told = new Set<string>();
  readonly #tell: (response: OversizedResponse) => void;

  constructor(tell: (response: OversizedResponse) => void) {
    this.#tell = tell;
  }

  /** The body of this response has so many bytes. */
  sent(chunk: Chunk, bytes: number): void {
    if (bytes <= MAX_GRPC_MESSAGE) return;
    const response = describe(chunk, bytes);
    if (!this.#isNew(keyOf(response))) return;
    this.#tell(response);
  }

  #isNew(key: string): boolean {
    if (this.#told.has(key)) return false;
    this.#told.add(key);
    for (const oldest of this.#told) {
      if (this.#told.size <= MAX_TOLD) break;
      this.#told.delete(oldest);
    }
    return true;
  }
}

/** A resource that is too large by itself is told once per version, whatever it is sent with. */
function keyOf({ typeUrl, version, largest }: OversizedResponse): string {
  return JSON.stringify(
    largest.bytes > MAX_GRPC_MESSAGE ? [typeUrl, largest.name, largest.version] : [typeUrl, version],
  );
}

function describe({ typeUrl, version, resources }: Chunk, bytes: number): OversizedResponse {
  let largest: EncodedResource | undefined;
  for (const resource of resources) if (resource.value.length > (largest?.value.length ?? -1)) largest = resource;
  return {
    typeUrl,
    version,
    bytes,
    resources: resources.length,
    largest: { name: largest?.name ?? '', version: largest?.version ?? '', bytes: largest?.value.length ?? 0 },
  };
}
