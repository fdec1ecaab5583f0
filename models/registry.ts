/** The models that ship: hash and size are checked against the manifest before a byte is parsed. */
import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { OutriderError } from '#engine';
import type { Model } from '#law';
import { ngramModel } from './ngram/model.ts';

export const SHIPPED_MODELS = join(import.meta.dirname, 'shipped');

const entrySchema = z.object({
  file: z.string().regex(/^[a-z0-9-]+\.bin$/),
  bytes: z
    .int()
    .positive()
    .max(64 * 2 ** 20),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const manifestSchema = z.object({ version: z.literal(1), target: entrySchema, draft: entrySchema });

/** The n-gram pair of a folder: the exact oracle of the law, and every later model's baseline. */
export function loadNgramPair(folder: string = SHIPPED_MODELS): { target: Model; draft: Model } {
  const manifest = readManifest(join(folder, 'ngram.json'));
  return {
    target: loadNgram(folder, manifest.target, 'ngram-target'),
    draft: loadNgram(folder, manifest.draft, 'ngram-draft'),
  };
}

function readManifest(path: string): z.output<typeof manifestSchema> {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const message = `${path}: no manifest of version 1; restore it or run \`outrider train ngram\``;
    throw new OutriderError('bad-model', message, { cause });
  }
}

function loadNgram(folder: string, entry: z.output<typeof entrySchema>, name: string): Model {
  const path = join(folder, entry.file);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size !== entry.bytes) {
    const found = size === undefined ? 'is missing' : `has ${size} bytes`;
    throw new OutriderError(
      'bad-model',
      `${path}: ${found}, the manifest says ${entry.bytes}; restore the file or train it again`,
    );
  }
  const bytes = readFileSync(path);
  const sha256 = hash('sha256', bytes);
  if (sha256 !== entry.sha256) {
    throw new OutriderError(
      'bad-model',
      `${path}: sha256 is ${sha256}, the manifest says ${entry.sha256}; restore the file`,
    );
  }
  return ngramModel(name, bytes);
}
