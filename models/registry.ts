/** The models that ship: hash and size are checked against the manifest before a byte is parsed. */
import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { OutriderError } from '#engine';
import type { Model } from '#law';
import { graphsSchema } from './neural/graph-manifest.ts';
import { neuralModel } from './neural/model.ts';
import { KERNEL_OF } from './neural/weights-file.ts';
import { ngramModel } from './ngram/model.ts';

export const SHIPPED_MODELS = join(import.meta.dirname, 'shipped');

/** Pairs by their names; a run says which one it loads. */
export const PAIRS = ['ngram', 'neural'] as const;
export type PairName = (typeof PAIRS)[number];
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
type Entry = z.output<typeof entrySchema>;

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
const SCHEMAS = { ngram: manifestSchema, neural: manifestSchema.extend(originSchema.shape) };

export type LoadOptions = {
  folder?: string;
  /** Threads of a packed pass of a neural model; they change no byte. */
  threads?: number;
};

/** One model of a pair; the manifest `NAME.json` in the folder says which file it is. */
export function loadModel(
  name: PairName,
  role: 'target' | 'draft',
  { folder = SHIPPED_MODELS, threads = 1 }: LoadOptions = {},
): Model {
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

export function loadPair(name: PairName, folder?: string): ModelPair {
  const options = folder === undefined ? {} : { folder };
  return { target: loadModel(name, 'target', options), draft: loadModel(name, 'draft', options) };
}

/** The n-gram pair of a folder: the exact oracle of the law, and every later model's baseline. */
export function loadNgramPair(folder?: string): ModelPair {
  return loadPair('ngram', folder);
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
    const why = cause instanceof z.ZodError ? ` (${cause.issues[0]?.path.join('.')})` : '';
    const message = `${path}: no manifest of version 1${why}; ${REMEDY[name]}`;
    throw new OutriderError('bad-model', message, { cause });
  }
}

function readChecked(path: string, { bytes: expected, sha256: listed }: Entry): Uint8Array {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size !== expected) {
    const found = size === undefined ? 'is missing' : `has ${size} bytes`;
    throw new OutriderError(
      'bad-model',
      `${path}: ${found}, the manifest says ${expected}; restore the file or train it again`,
    );
  }
  const bytes = readFileSync(path);
  const sha256 = hash('sha256', bytes);
  if (sha256 !== listed) {
    throw new OutriderError(
      'bad-model',
      `${path}: sha256 is ${sha256}, the manifest says ${listed}; restore the file`,
    );
  }
  return bytes;
}

/** A context rebuilt from its pairs must have the bytes of one that lived on. */
function checkTarget({ kernel }: Model, path: string): void {
  if (kernel !== KERNEL_OF.gru) return;
  throw new OutriderError(
    'bad-model',
    `${path}: target runs on ${kernel}, which is not windowed; only a draft may: exchange the two`,
  );
}
