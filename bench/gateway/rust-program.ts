/** The Rust programs of the benches: examples of the core, built when they are asked for. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { OutriderError } from '#engine';
import { ROOT } from '../replay/results.ts';

const NATIVE = join(ROOT, 'native');

/** Builds an example and returns its path. Throws `bad-usage` without cargo. */
export function buildExample(name: string): string {
  const cargo = ['build', '--release', '--locked', '--quiet', '--package', 'outrider-core'];
  const { status } = spawnSync('cargo', [...cargo, '--example', name], {
    ...{ cwd: NATIVE, stdio: ['ignore', 'ignore', 'inherit'] },
  });
  if (status !== 0) {
    throw new OutriderError('bad-usage', `cargo did not build ${name}: install Rust and try again`);
  }
  return join(NATIVE, 'target', 'release', 'examples', name);
}
