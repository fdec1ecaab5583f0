/** Picks the kernels of this process: the Rust addon where it was built, otherwise the twins. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { BINDING_VERSION, type Kernels } from './kernels.ts';
import { twinKernels } from './twins/kernels.ts';

/** The kernels in use, and why these. */
export type LoadedKernels = {
  readonly kind: 'native' | 'twin';
  readonly reason: string;
  readonly kernels: Kernels;
};

const ADDON = fileURLToPath(new URL('outrider.node', import.meta.url));

/** Loads the addon unless `OUTRIDER_TWINS=1`, it is absent, or it was built for other sources. */
export function loadKernels(
  environment: NodeJS.ProcessEnv = process.env,
  addonPath: string = ADDON,
): LoadedKernels {
  const twin = (reason: string): LoadedKernels => ({ kind: 'twin', reason, kernels: twinKernels });
  if (environment.OUTRIDER_TWINS === '1') return twin('OUTRIDER_TWINS=1');
  if (!existsSync(addonPath)) return twin('the Rust addon is not built (no cargo at set-up)');
  let addon: Kernels;
  try {
    addon = createRequire(import.meta.url)(addonPath);
  } catch (error) {
    return twin(`the Rust addon does not load: ${error instanceof Error ? error.message : error}`);
  }
  if (addon.BINDING_VERSION !== BINDING_VERSION) {
    return twin(`the Rust addon has interface ${addon.BINDING_VERSION}, not ${BINDING_VERSION}`);
  }
  return { kind: 'native', reason: 'the Rust addon is built', kernels: addon };
}

/** The kernels this process uses unless told otherwise. */
export const loadedKernels: LoadedKernels = loadKernels();
