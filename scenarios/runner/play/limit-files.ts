/** Lets no file of a process grow, as a full disk does. */
import { execFileSync } from 'node:child_process';

/** Each file of a gateway is longer by then. */
export const FULL_BYTES = 64;

/** The soft limit alone, so that it can be lifted again; the system answers a write with EFBIG. */
export function limitFiles(pid: number, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`], { stdio: 'pipe' });
}
