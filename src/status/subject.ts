/** What a status is about. */
import type { Diagnostic } from '../api/diagnostic.js';
import type { RawResource, Resource } from '../api/resource.js';

/** The newest version of a resource. */
export interface StatusSubject {
  readonly resource: Resource<unknown>;
  /** The findings of decoding. A version with errors does not reach the model. */
  readonly decoding: readonly Diagnostic[];
  readonly raw: RawResource;
  /** The findings of the model. */
  readonly findings: readonly Diagnostic[];
  /** Sentences about NACKs that it caused; see `rejectionsByResource`. */
  readonly rejections?: readonly string[];
}
