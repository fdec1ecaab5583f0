/** Trains the n-gram pair that ships: target of order 3, draft of order 1, and their manifest. */
import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OutriderError } from '#engine';
import { openTicks } from '#market';
import { collectSequences } from './collect.ts';
import { createEvaluator, type Evaluation } from './evaluate.ts';
import { ngramModel } from './model.ts';
import { encodeNgram } from './table.ts';
import { buildTable, countSequence, createCounter, type TrainingOptions } from './train.ts';

export const NGRAM_PAIR: Record<'target' | 'draft', TrainingOptions> = {
  target: { order: 3, smoothingMoves: 120, movesMin: 100 },
  draft: { order: 1, smoothingMoves: 20, movesMin: 50 },
};

export type PairOptions = {
  /** Folder that holds `fx/eurusd-oanda` and the other recordings. */
  data: string;
  out: string;
  log(line: string): void;
};

/** Days up to 2014-05-09 train, later ones validate; both venues of EURUSD on the same side. */
const LAST_TRAINING_DAY = '20140509';
const FOLDERS = ['fx/eurusd-oanda', 'fx/eurusd-fxcm', 'fx/xauusd-oanda'];

export async function trainPair({ data, out, log }: PairOptions): Promise<void> {
  const days = FOLDERS.map(folder => ({ folder, days: daysIn(join(data, folder)) }));
  const counters = {
    target: createCounter(NGRAM_PAIR.target),
    draft: createCounter(NGRAM_PAIR.draft),
  };
  for (const { folder, days: files } of days) {
    const paths = files.filter(file => file.slice(0, 8) <= LAST_TRAINING_DAY);
    const moves = await eachSequence(data, folder, paths, sequence => {
      countSequence(counters.target, sequence);
      countSequence(counters.draft, sequence);
    });
    log(`${folder}: trained on ${moves} moves of ${paths.length} days`);
  }
  mkdirSync(out, { recursive: true });
  const manifest: Record<string, unknown> = {
    version: 1,
    data: { folders: FOLDERS, lastTrainingDay: LAST_TRAINING_DAY },
    command: 'outrider train ngram --data DIR',
  };
  for (const role of ['target', 'draft'] as const) {
    const bytes = encodeNgram(buildTable(counters[role]));
    const file = `ngram-${role}.bin`;
    writeFileSync(join(out, file), bytes);
    const validation: Record<string, Evaluation> = {};
    for (const { folder, days: files } of days) {
      const evaluator = createEvaluator(ngramModel(file, bytes));
      const paths = files.filter(name => name.slice(0, 8) > LAST_TRAINING_DAY);
      await eachSequence(data, folder, paths, sequence => evaluator.add(sequence));
      validation[folder] = evaluator.result();
      log(`${role} on ${folder}: ${JSON.stringify(validation[folder])}`);
    }
    const sha256 = hash('sha256', bytes);
    manifest[role] = { file, bytes: bytes.length, sha256, training: NGRAM_PAIR[role], validation };
  }
  writeFileSync(join(out, 'ngram.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function daysIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('_quote.zip'))
      .sort();
  } catch (cause) {
    const message = `data: ${folder} cannot be read; give the folder that holds fx/`;
    throw new OutriderError('bad-usage', message, { cause });
  }
}

async function eachSequence(
  data: string,
  folder: string,
  ...[files, onSequence]: [string[], Parameters<typeof collectSequences>[1]]
): Promise<number> {
  let total = 0;
  for (const file of files) {
    const opened = await openTicks({ paths: [join(data, folder, file)] });
    total += (await collectSequences(opened, onSequence)).moves;
  }
  return total;
}
