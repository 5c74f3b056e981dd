/** What a client shows to prove who it is: its certificate, and the header for a token. */
import type { X509Certificate } from 'node:crypto';
import type { ServerHttp2Stream } from 'node:http2';
import { TLSSocket } from 'node:tls';

export interface ClientCredentials {
  /** The certificate of the client, if TLS has verified it: with `clientCa` in the TLS options. */
  readonly certificate?: X509Certificate;
  /** The `authorization` header, such as `Bearer eyJ…`. */
  readonly authorization?: string;
}

/** Certificates by connection: a client may open a thousand streams on one. */
const certificates = new WeakMap<object, X509Certificate>();

/** @param authorization the header of the request. */
export function credentialsOf(stream: ServerHttp2Stream, authorization: unknown): ClientCredentials {
  const certificate = certificateOf(stream);
  return {
    ...(certificate && { certificate }),
    ...(typeof authorization === 'string' && authorization !== '' && { authorization }),
  };
}

function certificateOf({ session }: ServerHttp2Stream): X509Certificate | undefined {
  if (session === undefined) return undefined;
  const known = certificates.get(session);
  if (known !== undefined) return known;
  const { socket } = session;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (certificate !== undefined) certificates.set(session, certificate);
  return certificate;
}
