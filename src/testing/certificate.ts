/** Certificates for tests, made by openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PEM texts. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Issues certificates. */
export interface Authority extends Certificate {
  /** @param names the subject alternative names as openssl writes them: `URI:spiffe://…`, `DNS:…`. */
  issue(subject: string, ...names: readonly string[]): Certificate;
}

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
/** For a server of the test: https://docs.openssl.org/3.0/man5/x509v3_config/#subject-alternative-name */
export const LOCAL_NAMES = ['DNS:localhost', 'IP:127.0.0.1'];

/** For `localhost` and 127.0.0.1, and its own authority. */
export function selfSigned(name: string): Certificate {
  return request(name, ['-addext', `subjectAltName=${LOCAL_NAMES.join(',')}`]);
}

export function createAuthority(name: string): Authority {
  const authority = request(name, []);
  return { ...authority, issue: (subject, ...names) => issue(authority, subject, names) };
}

function issue({ cert, key }: Certificate, subject: string, names: readonly string[]): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'lifeboat-authority-'));
  try {
    const [certFile, keyFile] = [join(directory, 'ca.pem'), join(directory, 'ca-key.pem')];
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    const extension = names.length === 0 ? [] : ['-addext', `subjectAltName=${names.join(',')}`];
    return request(subject, ['-CA', certFile, '-CAkey', keyFile, '-addext', 'basicConstraints=CA:FALSE', ...extension]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function request(name: string, options: readonly string[]): Certificate {
  const flags = ['req', '-x509', ...CURVE, '-days', '1', '-subj', `/CN=${name}`, ...options];
  const both = execFileSync('openssl', [...flags, '-keyout', '-', '-out', '-'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [key = '', cert = ''] = both.split(/(?=-----BEGIN CERTIFICATE)/);
  return { key, cert };
}
