/** A wall clock that can be moved: of processes that are started with its environment. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Nanoseconds, OutriderError, SECOND_NS } from '#engine';
import { buildShim } from '../../torture/fault-shim.ts';

export type MovableClock = {
  readonly environment: Readonly<Record<string, string>>;
  /** Whole seconds, from now on. */
  set(aheadNs: Nanoseconds): void;
};

const SHIM = join(import.meta.dirname, 'clock-shim');
const CONTROL_BYTES = 8;

/** Throws `bad-config` where the library cannot be built. */
export function movableClock(directory: string): MovableClock {
  const shim = buildShim(SHIM, 'libclock_shim.so');
  if (shim.kind === 'none') {
    throw new OutriderError('bad-config', `a broker's clock cannot be moved: ${shim.reason}`);
  }
  mkdirSync(directory, { recursive: true });
  const control = join(directory, 'clock-ahead-seconds');
  const bytes = Buffer.alloc(CONTROL_BYTES);
  writeFileSync(control, bytes);
  return {
    environment: { LD_PRELOAD: shim.library, OUTRIDER_CLOCK_CONTROL: control },
    set(aheadNs) {
      bytes.writeBigInt64LE(BigInt(Math.round(aheadNs / SECOND_NS)));
      // In place: the processes have the file mapped.
      const file = openSync(control, 'r+');
      writeSync(file, bytes, 0, CONTROL_BYTES, 0);
      closeSync(file);
    },
  };
}
