/** Finds unknown environment variables with Lifeboat's prefix, which are probably misspelled flags. */
import { didYouMean, suggest } from '../../api/suggest.js';

const PREFIX = 'LIFEBOAT_';

/**
 * The variables that Kubernetes sets in every container for each Service of its namespace. A Service may be called `lifeboat`.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const SERVICE_LINK =
  /^LIFEBOAT_(?:[A-Z0-9]+_)*(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/u;

/** Whether the value of a variable is an address that Kubernetes set, and not the value of a flag. */
export function isServiceLink(value: string): boolean {
  return /^(?:tcp|udp|sctp):\/\//u.test(value);
}

/** A sentence for each variable that no command reads. */
export function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  known: ReadonlySet<string>,
): readonly string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.has(name) && !SERVICE_LINK.test(name))
    .sort()
    .map((name) => `The environment variable ${name} is unknown to lifeboat.${didYouMean(suggest(name, known))}`);
}
