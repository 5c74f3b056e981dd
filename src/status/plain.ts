/** The status of a resource of which there is nothing to say but whether it is accepted, and the errors of any resource. */
import type { Diagnostic } from '../api/diagnostic.js';
import { type Status, approval, observedGeneration } from './approval.js';
import { errorsOf, warningsOf } from './message.js';
import type { StatusSubject } from './subject.js';

export function plainStatus(_graph: unknown, _model: unknown, subject: StatusSubject): Status {
  const { resource } = subject;
  const errors = allErrors(subject);
  return {
    ...(errors.length > 0 && { errors }),
    observedGeneration: observedGeneration(resource.apiVersion, resource.generation),
    state: approval(errors).state,
  };
}

/** The same with `warnings`. */
export function plainStatusWithWarnings(graph: unknown, model: unknown, subject: StatusSubject): Status {
  const { decoding, findings, raw } = subject;
  const warnings = warningsOf([...decoding, ...findings], raw);
  return { ...plainStatus(graph, model, subject), ...(warnings.length > 0 && { warnings }) };
}

/** The errors of decoding, or else those of the model. */
export function allErrors({ decoding, findings, raw }: StatusSubject): readonly string[] {
  const errors = errorsOf(decoding, raw);
  return errors.length > 0 ? errors : errorsOf(findings.filter(invalidates), raw);
}

/** `NothingReachable` depends on the endpoints and does not make a resource invalid. */
export function invalidates({ code }: Diagnostic): boolean {
  return code !== 'NothingReachable';
}
