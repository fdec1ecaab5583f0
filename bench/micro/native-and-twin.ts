/** The two ways of a kernel: the addon, and its twin in TypeScript. */

import { type Kernels, loadedKernels, twinKernels } from '#native';
import type { Way } from './micro.ts';

/** The twin alone where the addon is not built: it beside itself would say nothing. */
export function nativeAndTwin(open: (kernels: Kernels) => () => number): [Way, ...Way[]] {
  const twin = { name: 'twin', open: () => open(twinKernels) };
  if (loadedKernels.kind === 'twin') return [twin];
  return [{ name: 'native', open: () => open(loadedKernels.kernels) }, twin];
}
