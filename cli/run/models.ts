/** The models that a configuration names. */
import type { Model } from '#law';
import { loadModel } from '#models';
import type { RunConfig } from '../config.ts';

export type RunModels = { target: Model; draft: Model | undefined };

/** Any draft proposes to any target: what is settled stays the same, only the speed changes. */
export function modelsOf({
  model,
  draft = model,
  threads,
}: Pick<RunConfig, 'model' | 'draft' | 'threads'>): RunModels {
  return {
    target: loadModel(model, 'target', { threads }),
    draft: draft === 'none' ? undefined : loadModel(draft, 'draft'),
  };
}
