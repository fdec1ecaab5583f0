/** The models that ship: hash and size are checked against the manifest before a byte is parsed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { OutriderError } from '#engine';
import type { Model } from '#law';
import { readChecked } from './checked-file.ts';
import type { KernelName, PairName } from './names.ts';
import { type Graph, graphsSchema } from './neural/graph-manifest.ts';
import { neuralModel } from './neural/model.ts';
import { KERNEL_OF } from './neural/weights-file.ts';
import { ngramModel } from './ngram/model.ts';
import { ortDraft } from './onnx/draft.ts';
import type { OrtKernel } from './onnx/graph-runtime.ts';
import { loadDraftGraphs, loadTargetGraphs } from './onnx/load-graphs.ts';
import { ortTarget } from './onnx/target.ts';

export const SHIPPED_MODELS = join(import.meta.dirname, 'shipped');

export type ModelPair = { target: Model; draft: Model };

const REMEDY: Record<PairName, string> = {
  ngram: 'restore it or run `outrider train ngram`',
  neural: 'restore it or train the pair (models/training)',
};
const ENDING: Record<PairName, string> = { ngram: 'bin', neural: 'safetensors' };

const entrySchema = z.object({
  file: z.string().regex(/^[a-z0-9-]+\.(bin|safetensors)$/),
  bytes: z
    .int()
    .positive()
    .max(64 * 2 ** 20),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifestSchema = z.object({ version: z.literal(1), target: entrySchema, draft: entrySchema });
/** What made a neural model is told with it: training cannot be had again in a minute. */
const originSchema = z.object({
  data: z.record(z.string(), z.unknown()),
  seed: z.int(),
  commit: z.string().min(1),
  environment: z.record(z.string(), z.unknown()),
  metrics: z.record(z.string(), z.unknown()),
  /** The same models for other runtimes; not every pair is exported. */
  onnx: graphsSchema.optional(),
});
/** Graphs alone are a pair as well, for onnxruntime. */
const graphPairSchema = z.object({ version: z.literal(1), onnx: graphsSchema });
const SCHEMAS = { ngram: manifestSchema, neural: manifestSchema.extend(originSchema.shape) };

export type LoadOptions = {
  folder?: string;
  /** Threads of a packed pass of a neural model; on canonical kernels they change no byte. */
  threads?: number;
  kernel?: KernelName;
};

/** One model of a pair; the manifest `NAME.json` in the folder says which file it is. */
export function loadModel(
  name: PairName,
  role: 'target' | 'draft',
  { folder = SHIPPED_MODELS, threads = 1, kernel = 'canonical' }: LoadOptions = {},
): Model {
  if (kernel !== 'canonical') return loadGraphs({ name, folder }, role, { threads, kernel });
  const entry = readManifest(name, folder)[role];
  const bytes = readChecked(join(folder, entry.file), entry);
  const called = `${name}-${role}`;
  switch (name) {
    case 'ngram':
      return ngramModel(called, bytes);
    case 'neural': {
      const model = neuralModel(called, bytes, { threads });
      if (role === 'target') checkTarget(model, join(folder, entry.file));
      return model;
    }
  }
}

/** The model of a pair's graphs; its runtime starts with its first session. */
function loadGraphs(
  { name, folder }: { name: PairName; folder: string },
  role: 'target' | 'draft',
  { kernel, threads }: { kernel: OrtKernel; threads: number },
): Model {
  if (name !== 'neural') {
    const [option, of] = role === 'target' ? ['kernel', 'model'] : ['draftKernel', 'draft'];
    throw new OutriderError(
      'bad-config',
      `${option}: ${kernel} with ${of} ${name}, which has no graphs; give --${of} neural`,
    );
  }
  const options = { name: `${name}-${role}`, kernel, threads };
  const graphs = readGraphManifest(join(folder, `${name}.json`));
  return role === 'target'
    ? ortTarget(loadTargetGraphs(folder, graphs), options)
    : ortDraft(loadDraftGraphs(folder, graphs), options);
}

export function loadPair(name: PairName, folder?: string): ModelPair {
  const options = folder === undefined ? {} : { folder };
  return { target: loadModel(name, 'target', options), draft: loadModel(name, 'draft', options) };
}

/** The n-gram pair of a folder: the exact oracle of the law, and every later model's baseline. */
export function loadNgramPair(folder?: string): ModelPair {
  return loadPair('ngram', folder);
}

function readGraphManifest(path: string): Record<string, Graph> {
  try {
    return graphPairSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).onnx;
  } catch (cause) {
    throw badManifest(path, cause, 'docs/onnx.md says what it lists');
  }
}

function readManifest(name: PairName, folder: string): z.output<typeof manifestSchema> {
  const path = join(folder, `${name}.json`);
  try {
    const manifest = SCHEMAS[name].parse(JSON.parse(readFileSync(path, 'utf8')));
    for (const { file } of [manifest.target, manifest.draft]) {
      if (!file.endsWith(ENDING[name])) throw new Error(`${file} does not end in ${ENDING[name]}`);
    }
    return manifest;
  } catch (cause) {
    throw badManifest(path, cause, REMEDY[name]);
  }
}

function badManifest(path: string, cause: unknown, remedy: string): OutriderError {
  const why = cause instanceof z.ZodError ? ` (${cause.issues[0]?.path.join('.')})` : '';
  const message = `${path}: no manifest of version 1${why}; ${remedy}`;
  return new OutriderError('bad-model', message, { cause });
}

/** A context rebuilt from its pairs must have the bytes of one that lived on. */
function checkTarget({ kernel }: Model, path: string): void {
  if (kernel !== KERNEL_OF.gru) return;
  throw new OutriderError(
    'bad-model',
    `${path}: target runs on ${kernel}, which is not windowed; only a draft may: exchange the two`,
  );
}
