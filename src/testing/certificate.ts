/** A certificate that no client need trust, made by openssl. */
import { execFileSync } from 'node:child_process';

/** PEM texts. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** For `localhost` and 127.0.0.1, and its own authority. */
export function selfSigned(name: string): Certificate {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const output = ['-keyout', '-', '-out', '-'];
  const both = execFileSync('openssl', ['req', '-x509', ...curve, '-nodes', '-days', '1', ...names, ...output], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [key = '', cert = ''] = both.split(/(?=-----BEGIN CERTIFICATE)/);
  return { key, cert };
}
