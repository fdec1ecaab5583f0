/** The golden vectors of docs/law.md hold for the reference, the native kernels and the twins. */

import { createHash, hash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { afresh, loadNgramPair } from '#models';
import { loadedKernels } from '#native';
import * as reference from '#reference';
import { type GoldenQuote, readGoldenVectors, wordsOf } from './golden-vectors.ts';

const golden = readGoldenVectors();
const { noise, identity, forecast } = golden;
const moved = golden.tokens.quotes.filter(quote => quote.length === 5);
const [, , , , , , , modelHash, kernel, ...sizes] = identity.lines;
const [seed, paths, moves] = sizes.map(Number) as [number, number, number];

it('has a vector of each kind, or an empty section would pass', () => {
  expect(golden.threefry.length).toBeGreaterThan(3);
  expect(moved).toHaveLength(24);
  expect(golden.tokens.quotes).toContainEqual([expect.any(Number)]);
  expect(forecast.paths).toHaveLength(paths);
  expect(forecast.parts).toHaveLength(2 + moves);
  expect(golden.choice.logits.length + golden.probabilities.logits.length).toBe(128);
});

describe('the reference', () => {
  it.each(golden.threefry)('turns counter $counter under $key to $bits', vector => {
    const bits = reference.threefry(wordsOf(vector.key), ...wordsOf(vector.counter));
    expect(bits).toEqual(wordsOf(vector.bits));
  });

  it('has the Gumbel table, or every path would change', () => {
    expect(sha256OfInts(reference.GUMBEL)).toBe(golden.gumbel.sha256);
    for (const [index, value] of golden.gumbel.entries) {
      expect(reference.GUMBEL[index]).toBe(value);
    }
  });

  it('has the scale codes and ladders, or tokens would mean other mids', () => {
    for (const [code, scale] of golden.thresholds) expect(reference.threshold(code)).toBe(scale);
    for (const [scale, code] of golden.scaleCodes) expect(reference.scaleCode(scale)).toBe(code);
    for (const [code, rungs] of Object.entries(golden.ladders)) {
      expect(reference.ladder(Number(code))).toEqual(rungs);
    }
  });

  it('keys the noise and draws it, or no recorded run would replay', () => {
    const context = { ...reference.firstContext(noise.symbol), epoch: noise.epoch };
    expect(reference.noiseText(context, noise.seed)).toBe(noise.text);
    expect(keyOf(noise.text)).toEqual(wordsOf(noise.key));
    for (const [moveIndex, path, token, value] of noise.values) {
      expect(reference.gumbel(wordsOf(noise.key), { moveIndex, path, token })).toBe(value);
    }
  });

  it('gives a tie to the lower token, as any other reader of the law must', () => {
    const { moveIndex, path, token, logits } = golden.choice;
    const key = wordsOf(noise.key);
    const noiseOf = (v: number) => reference.gumbel(key, { moveIndex, path, token: v });
    expect(reference.coupledChoice(logits, noiseOf)).toBe(token);
    const scores = logits.map((logit, v) => logit + noiseOf(v));
    expect(scores.filter(score => score === Math.max(...scores))).toHaveLength(2);
  });

  it('has the probabilities, or forecasts would differ between machines', () => {
    const { logits, probabilities, entropyPpm } = golden.probabilities;
    expect(reference.probabilitiesQ24(logits)).toEqual(probabilities);
    expect(reference.entropyPpm(probabilities)).toBe(entropyPpm);
  });

  it('tokenises the quotes, names their context and settles its forecast', () => {
    const { target } = loadNgramPair();
    let context = reference.firstContext(noise.symbol);
    const rows: GoldenQuote[] = [];
    for (const [mid] of [[golden.tokens.firstMid] as const, ...golden.tokens.quotes]) {
      const before = context;
      context = reference.contextAfter(before, { mid, session: 1 }, target.contextMoves);
      const code = reference.scaleCode(before.scale);
      const token = context.pairs.at(-1)?.token;
      if (context === before) rows.push([mid]);
      else if (token !== undefined) rows.push([mid, mid - before.mid, code, token, context.scale]);
    }
    expect(rows).toEqual(golden.tokens.quotes);
    const by = [modelHash!, kernel!, seed, paths, moves];
    expect(reference.identityText(context, by)).toBe(`${identity.lines.join('\n')}\n`);
    const settled = reference.settledForecast(afresh(target), context, {
      key: keyOf(noise.text),
      paths,
      moves,
    });
    const text = reference.forecastText(identity.id, settled);
    expect(text.split('|')).toEqual(forecast.parts);
  });
});

describe.each(['native', 'twin'] as const)('the law with %s kernels', kind => {
  const isAbsent = kind === 'native' && loadedKernels.kind === 'twin';

  it.skipIf(isAbsent)('draws the noise (needs the Rust addon if native)', async () => {
    const { native, law } = await loadLaw(kind);
    const { kernels } = native.loadedKernels;
    expect(native.loadedKernels.kind).toBe(kind);
    const table = kernels.gumbelTable();
    expect(sha256OfInts(table)).toBe(golden.gumbel.sha256);
    expect(law.noiseKey(noise.seed, noise.symbol, noise.epoch)).toEqual(wordsOf(noise.key));
    for (const [moveIndex, path, token, value] of noise.values) {
      expect(noiseRow(native, { key: wordsOf(noise.key), moveIndex, path })[token]).toBe(value);
    }
    for (const { key, counter, bits } of golden.threefry) {
      const [moveIndex, block] = wordsOf(counter);
      if (block >= 2 ** 20) continue;
      const path = Math.floor(block / 16);
      const row = noiseRow(native, { key: wordsOf(key), moveIndex, path });
      const lanes = wordsOf(bits).flatMap(word => [word % 65_536, Math.floor(word / 65_536)]);
      const at = 4 * (block % 16);
      expect([...row.subarray(at, at + 4)]).toEqual(lanes.map(lane => table[lane]!));
    }
  });

  it.skipIf(isAbsent)(
    'gives a tie to the lower token (needs the Rust addon if native)',
    async () => {
      const { native } = await loadLaw(kind);
      const { moveIndex, path, token, logits } = golden.choice;
      const ring = native.createNoise(path + 1, 1);
      ring.setKey(...wordsOf(noise.key));
      ring.fill(moveIndex);
      const options = { logits: Int32Array.from(logits), noise: ring, rowsMax: 1 };
      const chooser = native.createChooser(options);
      chooser.noiseOffsets[0] = path * 64;
      chooser.choose(1);
      expect(chooser.choices[0]).toBe(token);
    },
  );

  it.skipIf(isAbsent)(
    'settles the forecast of a context that lived on, and of one rebuilt ' +
      'from its pairs (needs the Rust addon if native)',
    async () => {
      const { law, models } = await loadLaw(kind);
      const { target, draft } = models.loadNgramPair();
      const size = { branches: 0, paths, moves };
      const set = law.createPathSet(size);
      const window = law.createNoiseWindow(size);
      const runner = law.createRunner(target, window, set);
      const drafter = law.createRunner(draft, window, set);
      const follower = law.createFollower(seed, window, [runner, drafter]);
      const context = law.createContext(noise.symbol, target.contextMoves);
      const summarise = law.createSummariser(target);
      const settleNow = (withDraft: boolean) => {
        window.cover(context.moveIndex, moves + 1);
        law.resetPaths(set, context.scale);
        runner.evaluated = 0;
        drafter.evaluated = 0;
        law.addPresent(set, context.moveIndex);
        const settler = {
          target: runner,
          draft: withDraft ? drafter : undefined,
          contextsPerPass: 1,
        };
        law.settle(settler, set, false);
        const { trie, nodes } = set;
        return summarise({ trie, nodes, nodesOffset: 0, paths, moves, session: runner.session });
      };
      for (const [, move] of moved) {
        law.appendMove(context, move!);
        follower.follow(context);
      }
      const lived = settleNow(true);
      expect(law.forecastText(identity.id, lived).split('|')).toEqual(forecast.parts);
      const tokens = forecast.paths.flat();
      expect([...set.tokens.subarray(0, tokens.length)]).toEqual(tokens);
      follower.forget();
      follower.follow(context);
      expect(settleNow(false)).toEqual(lived);
    },
  );
});

it('tokenises and names contexts as the law does in its optimised form too', async () => {
  const law = await import('#law');
  for (const [code, scale] of golden.thresholds) expect(law.scaleThreshold(code)).toBe(scale);
  for (const [scale, code] of golden.scaleCodes) expect(law.scaleCode(scale)).toBe(code);
  for (const [code, rungs] of Object.entries(golden.ladders)) {
    const first = Number(code) * 64;
    expect([...law.TOKEN_MOVES.subarray(first + 32, first + 64)]).toEqual(rungs);
    expect([...law.TOKEN_MOVES.subarray(first, first + 32)].reverse()).toEqual(rungs.map(r => -r));
  }
  const context = law.createContext(noise.symbol, 16);
  const clipped: number[] = [];
  for (const [, move, code, token, scale] of moved) {
    expect(law.scaleCode(context.scale)).toBe(code);
    if (law.isClipped(move!, code!)) clipped.push(move!);
    expect(law.appendMove(context, move!)).toBe(token);
    expect(context.scale).toBe(scale);
  }
  expect(clipped).toEqual([-500, 700]);
  const run = { modelHash: modelHash!, kernel: kernel!, seed, paths, moves };
  expect(law.forecastIdentity(context, run)).toBe(identity.id);
  expect(hash('sha256', `${identity.lines.join('\n')}\n`).slice(0, 32)).toBe(identity.id);
  const { logits, probabilities, entropyPpm } = golden.probabilities;
  const out = new Int32Array(64);
  law.probabilitiesQ24(Int32Array.from(logits), 0, { out, outOffset: 0 });
  expect([...out]).toEqual(probabilities);
  expect(law.entropyPpm(out, 0)).toBe(entropyPpm);
});

type Native = typeof import('#native');

/** The whole law anew, on kernels of this kind. */
async function loadLaw(kind: 'native' | 'twin') {
  vi.resetModules();
  vi.stubEnv('OUTRIDER_TWINS', kind === 'twin' ? '1' : '');
  try {
    return {
      native: await import('#native'),
      law: await import('#law'),
      models: await import('#models'),
    };
  } finally {
    vi.unstubAllEnvs();
  }
}

/** The 64 noise values of a path at a move index. */
function noiseRow(
  native: Native,
  at: { key: [number, number]; moveIndex: number; path: number },
): Int32Array {
  const ring = native.createNoise(at.path + 1, 1);
  ring.setKey(...at.key);
  ring.fill(at.moveIndex);
  return ring.values.subarray(at.path * 64, at.path * 64 + 64);
}

function keyOf(text: string): [number, number] {
  const bytes = hash('sha256', text, 'buffer');
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
}

function sha256OfInts(values: Int32Array): string {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, 4 * index);
  return createHash('sha256').update(bytes).digest('hex');
}
