/** Builds shims that stand between a process and its system calls. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'shim');

export type FaultShim = { kind: 'built'; library: string } | { kind: 'none'; reason: string };

export const buildFaultShim = (): FaultShim => buildShim(FOLDER, 'libfault_shim.so');

/** The library for LD_PRELOAD, or why there is none here. */
export function buildShim(folder: string, library: string): FaultShim {
  if (process.platform !== 'linux') return { kind: 'none', reason: 'the shim is for Linux' };
  if (process.env.OUTRIDER_NO_CARGO) return { kind: 'none', reason: process.env.OUTRIDER_NO_CARGO };
  const manifest = join(folder, 'Cargo.toml');
  try {
    const build = ['build', '--quiet', '--release', '--locked', '--manifest-path', manifest];
    execFileSync('cargo', build, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (cause) {
    const { stderr, message } = cause as Error & { stderr?: Buffer };
    return { kind: 'none', reason: `the shim cannot be built: ${stderr ?? message}`.trim() };
  }
  return { kind: 'built', library: join(folder, 'target', 'release', library) };
}
