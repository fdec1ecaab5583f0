/** The names by which a run asks for its models: pairs, and what runs them. */
import { ORT_KERNELS } from './onnx/graph-runtime.ts';

/** Pairs; a run says which one it loads. */
export const PAIRS = ['ngram', 'neural'] as const;
export type PairName = (typeof PAIRS)[number];

/** The law's own kernels, or onnxruntime on the graphs of the pair. */
export const KERNELS = ['canonical', ...ORT_KERNELS] as const;
export type KernelName = (typeof KERNELS)[number];
