/** How many contexts go into one request to the verifier, and into one pass there. */
import type { RunConfig } from '../config.ts';

/** A neural target takes milliseconds: its likeliest branches are answered before the others. */
const NEURAL_BATCH = 4;
/** The present and the default's 16 branches: a table look-up answers all of them at once. */
const NGRAM_BATCH = 17;

export const batchOf = ({ batch, model }: Pick<RunConfig, 'batch' | 'model'>) =>
  batch ?? (model === 'neural' ? NEURAL_BATCH : NGRAM_BATCH);
