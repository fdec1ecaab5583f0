/** The models that a configuration names. */
import type { Model } from '#law';
import { loadModel, SHIPPED_MODELS } from '#models';
import type { RunConfig } from '../config.ts';

export type RunModels = { target: Model; draft: Model | undefined };

/** Options that name the models of a run, and what they run on. */
export const MODEL_OPTIONS = [
  'model',
  'draft',
  'modelFolder',
  'kernel',
  'draftKernel',
  'threads',
] as const;
export type ModelConfig = Pick<RunConfig, (typeof MODEL_OPTIONS)[number]>;

/** Any draft proposes to any target: what is settled stays the same, only the speed changes. */
export function modelsOf(config: ModelConfig): RunModels {
  const { model, modelFolder: folder = SHIPPED_MODELS, threads, kernel } = config;
  const target = loadModel(model, 'target', { folder, threads, kernel });
  return { target, draft: draftOf(config) };
}

/** A draft of another pair than the target's is the one that ships. */
export function draftOf({
  model,
  draft = model,
  modelFolder = SHIPPED_MODELS,
  draftKernel: kernel,
}: ModelConfig): Model | undefined {
  if (draft === 'none') return undefined;
  const folder = draft === model ? modelFolder : SHIPPED_MODELS;
  return loadModel(draft, 'draft', { folder, kernel });
}
