/** Certificates of an authority of its own for tests of TLS, made by openssl for two days. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Certificate = {
  /** PEM texts, and the files that hold them. */
  certificate: string;
  key: string;
  certificateFile: string;
  keyFile: string;
};

export type Certificates = {
  directory: string;
  authority: Certificate;
  /** For 127.0.0.1 and localhost. */
  venue: Certificate;
  client: Certificate;
  /** A client that another authority vouches for. */
  stranger: Certificate;
  /** The client's, but it ended as it was made. */
  expired: Certificate;
};

/** False where there is no openssl to make certificates with. */
export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function makeCertificates(): Certificates {
  const directory = mkdtempSync(join(tmpdir(), 'outrider-tls-'));
  const authority = selfSigned(directory, 'authority');
  const other = selfSigned(directory, 'other');
  return {
    ...{ directory, authority },
    venue: signed(directory, 'venue', authority),
    client: signed(directory, 'client', authority),
    stranger: signed(directory, 'stranger', other),
    expired: signed(directory, 'expired', { ...authority, days: 0 }),
  };
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function selfSigned(directory: string, name: string): Certificate {
  const files = filesOf(directory, name);
  const out = ['-keyout', files.keyFile, '-out', files.certificateFile];
  openssl(['req', '-x509', ...NEW_KEY, ...out, '-subj', `/CN=${name}`, '-days', '2']);
  return read(files);
}

type Signer = Certificate & { days?: number };

function signed(directory: string, name: string, by: Signer): Certificate {
  const files = filesOf(directory, name);
  const request = join(directory, `${name}.csr`);
  const names = join(directory, `${name}.names`);
  writeFileSync(names, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  openssl(['req', ...NEW_KEY, '-keyout', files.keyFile, '-out', request, '-subj', `/CN=${name}`]);
  openssl([
    ...['x509', '-req', '-in', request, '-out', files.certificateFile],
    ...['-days', String(by.days ?? 2), '-CA', by.certificateFile, '-CAkey', by.keyFile],
    ...['-CAcreateserial', '-extfile', names],
  ]);
  return read(files);
}

function filesOf(directory: string, name: string) {
  return {
    certificateFile: join(directory, `${name}.pem`),
    keyFile: join(directory, `${name}.key`),
  };
}

function read(files: Pick<Certificate, 'certificateFile' | 'keyFile'>): Certificate {
  const { certificateFile, keyFile } = files;
  const certificate = readFileSync(certificateFile, 'utf8');
  return { ...files, certificate, key: readFileSync(keyFile, 'utf8') };
}

function openssl(parameters: readonly string[]): void {
  execFileSync('openssl', parameters, { stdio: 'ignore' });
}
