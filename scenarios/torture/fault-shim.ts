/** Builds the shim that stands between a process and its system calls. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'shim');

export type FaultShim = { kind: 'built'; library: string } | { kind: 'none'; reason: string };

/** The library for LD_PRELOAD, or why there is none here. */
export function buildFaultShim(): FaultShim {
  if (process.platform !== 'linux') return { kind: 'none', reason: 'the shim is for Linux' };
  if (process.env.OUTRIDER_NO_CARGO) return { kind: 'none', reason: process.env.OUTRIDER_NO_CARGO };
  const manifest = join(FOLDER, 'Cargo.toml');
  try {
    const build = ['build', '--quiet', '--release', '--locked', '--manifest-path', manifest];
    execFileSync('cargo', build, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (cause) {
    const { stderr, message } = cause as Error & { stderr?: Buffer };
    return { kind: 'none', reason: `the shim cannot be built: ${stderr ?? message}`.trim() };
  }
  return { kind: 'built', library: join(FOLDER, 'target', 'release', 'libfault_shim.so') };
}
