/** Models: the registry of what ships, and the training of the n-gram pair. */

export { type AfreshModel, afresh } from './afresh.ts';
export { createMoveWriter, type MoveWriter } from './move-file.ts';
export { eachMove, type MoveSource } from './moves.ts';
export { KERNELS, type KernelName, PAIRS, type PairName } from './names.ts';
export { neuralModel } from './neural/model.ts';
export { encodeWeights } from './neural/weights-file.ts';
export { collectSequences } from './ngram/collect.ts';
export { createEvaluator, type Evaluation } from './ngram/evaluate.ts';
export { ngramModel } from './ngram/model.ts';
export { NGRAM_PAIR, trainPair } from './ngram/pair.ts';
export { encodeNgram, type NgramTable } from './ngram/table.ts';
export { buildTable, countSequence, createCounter, type MoveSequence } from './ngram/train.ts';
export {
  loadModel,
  loadNgramPair,
  loadPair,
  type ModelPair,
  SHIPPED_MODELS,
} from './registry.ts';
