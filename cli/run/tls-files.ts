/** Certificates and keys for TLS from the files that options and settings name. */
import type { TlsIdentity } from '#gateway';
import { readOptionFile } from './option-file.ts';

/** Bundles of all public authorities are a quarter of it. */
const BYTES_MAX = 1 << 20;

/** Paths of PEM files. */
export type TlsFiles = {
  certificate?: string | undefined;
  key?: string | undefined;
  authorities?: string | undefined;
};

/** Undefined where no file is named; throws `bad-config` for one that cannot be read. */
export function readTls({ certificate, key, authorities }: TlsFiles): TlsIdentity | undefined {
  if (certificate === undefined && key === undefined && authorities === undefined) return undefined;
  return {
    certificate: readText(certificate),
    key: readText(key),
    authorities: readText(authorities),
  };
}

const readText = (path: string | undefined) =>
  path === undefined ? undefined : readOptionFile(path, BYTES_MAX);
