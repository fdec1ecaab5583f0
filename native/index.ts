/** The hot kernels: keyed noise and coupled choice, in Rust where it was built, else TypeScript. */
export { type Chooser, type ChooserOptions, createChooser } from './chooser.ts';
export { KERNEL_ID, type Kernels, TOKENS } from './kernels.ts';
export { type LoadedKernels, loadedKernels, loadKernels } from './load.ts';
export { createNoise, type Noise } from './noise.ts';
export { twinKernels } from './twins/kernels.ts';
