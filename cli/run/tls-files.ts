/** Certificates and keys for TLS from the files that options and settings name. */
import { readFileSync } from 'node:fs';
import { OutriderError } from '#engine';
import type { TlsIdentity } from '#gateway';

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

function readText(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new OutriderError('bad-config', `${path}: ${(cause as Error).message}`, { cause });
  }
}
