/** The checks of added and removed headers in Envoy's code. */
import { WireReader, fieldsOf } from '../proto/wire-reader.js';
import { type CodeCheck, textsOf } from './message-parts.js';
import type { Rejection } from './rejection.js';

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators */
const COMMAND = /%%|%[A-Z_0-9]+(?:\([^)]*\))?(?::\d+)?%/g;

export function checkHeaderOption(bytes: Buffer): Rejection | undefined {
  const [header = Buffer.alloc(0)] = fieldsOf(bytes, 1);
  const [[key = ''], [value = '']] = [textsOf(header, 1), textsOf(header, 2)];
  if (mustStay(key)) return { path: 'header.key', problem: `${key} may not be changed` };
  return value.replaceAll(COMMAND, '').includes('%')
    ? { path: 'header.value', problem: 'has a % that does not begin a variable. Write %%' }
    : undefined;
}

function mustStay(header: string): boolean {
  return header.startsWith(':') || header.toLowerCase() === 'host';
}

/** Fields `requestHeadersToRemove` and `responseHeadersToRemove`. */
export function checkRemovedHeaders(request: number, response: number): CodeCheck {
  return (bytes) => {
    const reader = new WireReader(bytes);
    while (!reader.done) {
      const tag = reader.tag();
      const id = tag >>> 3;
      if (id !== request && id !== response) {
        reader.skip(tag);
        continue;
      }
      const name = reader.string(tag);
      if (mustStay(name))
        return {
          path: id === request ? 'requestHeadersToRemove' : 'responseHeadersToRemove',
          problem: `${name} may not be removed`,
        };
    }
    return undefined;
  };
}
