/** Onnxruntime on a target's graphs is the canonical kernel but for a last place now and then. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createTrie, type Model, type ModelSession, scaleCode, TOKENS } from '#law';
import { createNoise } from '#native';
import { graphsSchema } from '../neural/graph-manifest.ts';
import { neuralModel } from '../neural/model.ts';
import { loadModel, SHIPPED_MODELS } from '../registry.ts';
import { growTrie, madeUpMoves } from '../testing/made-up-moves.ts';
import { TINY_FOLDER, tinyWeights } from '../testing/tiny-pair.ts';
import { loadTargetGraphs } from './load-graphs.ts';
import { ortTarget } from './target.ts';

const Q16 = 65_536;
/** Of every logit: as much as whole numbers that are rounded the other way moved one, and more. */
const MOST_NATS = 0.15;
const MEAN_NATS = 5e-3;
/** Of rows in which none was: they agree to one place of Q16. */
const SAME_SHARE = 0.5;
const PATHS = 16;
const KERNEL = { name: 'target', kernel: 'ort-cpu', threads: 1 } as const;

const pairs: [string, () => [Model, Model], { moves: number; nodes: number }][] = [
  [
    'the pair that ships',
    () => [loadModel('neural', 'target'), targetOf(SHIPPED_MODELS)],
    { moves: 40, nodes: 400 },
  ],
  [
    'a pair of other sizes',
    () => [neuralModel('tiny', tinyWeights.target), targetOf(TINY_FOLDER)],
    { moves: 60, nodes: 1200 },
  ],
];

describe.each(pairs)('%s', (_, load, { moves, nodes }) => {
  const [canonical, ort] = load();
  const { contextMoves } = canonical;
  const { tokens, codes, scales } = madeUpMoves(contextMoves + moves, 3);
  const trie = createTrie(nodes);
  const sessions = [canonical, ort].map(model => model.openSession(trie));
  const [expected, found] = sessions as [ModelSession, ModelSession];
  const nextCode = (at: number) => scaleCode(scales[at]!);
  const prefill = (session: ModelSession, end: number) =>
    session.prefill(tokens.subarray(0, end), codes.subarray(0, end), nextCode(end - 1));

  it('answers as the canonical kernel: context, one move, packed nodes, their chances', () => {
    for (const session of sessions) prefill(session, contextMoves);
    const compared = comparison();
    for (let at = contextMoves; at < contextMoves + moves; at++) {
      for (const session of sessions) session.append(tokens[at]!, codes[at]!, nextCode(at));
      growTrie(trie, scales[at]!, { depth: 9, seed: at });
      const to = at % 10 === 0 ? nodes : 1;
      for (const session of sessions) session.pass(0, to);
      compared.rows([expected, found], to);
      for (let node = 0; node < to; node++) {
        if (trie.parent[node]! <= 0) compared.starts([expected, found], node);
      }
    }
    compared.judge();
  });

  it('gives a context that lived on the bytes of one that is read afresh', () => {
    const end = contextMoves + moves;
    for (const [lived, afresh] of [[sessions[1]!, ort.openSession(trie)]] as const) {
      prefill(lived, end - 3);
      for (let at = end - 3; at < end; at++) lived.append(tokens[at]!, codes[at]!, nextCode(at));
      prefill(afresh, end);
      growTrie(trie, scales[end - 1]!, { depth: 9, seed: 1 });
      for (const session of [lived, afresh]) session.pass(0, nodes);
      expect(differing(lived.logits, afresh.logits)).toBe(0);
    }
  });

  it('gives nodes the same bytes in passes of any size, their ancestors in earlier ones', () => {
    growTrie(trie, scales[contextMoves]!, { depth: 9, seed: 2 });
    found.pass(0, nodes);
    const whole = found.logits.slice();
    const chances = found.notReachedQ16(0, 8);
    found.logits.fill(0);
    for (let from = 0, size = 1; from < nodes; from += size, size = 1 + (size % 37) * 2) {
      found.pass(from, Math.min(nodes, from + size));
    }
    expect(differing(found.logits, whole)).toBe(0);
    expect(found.notReachedQ16(0, 8)).toEqual(chances);
  });
});

it('reads a context of one move, and grows from it', () => {
  const trie = createTrie(1);
  growTrie(trie, 20_000, { depth: 1, seed: 1 });
  const models = [neuralModel('tiny', tinyWeights.target), targetOf(TINY_FOLDER)];
  const sessions = models.map(model => model.openSession(trie));
  const { tokens, codes, scales } = madeUpMoves(8, 4);
  for (let at = 0; at < 8; at++) {
    const rows = sessions.map(session => {
      session.append(tokens[at]!, codes[at]!, scaleCode(scales[at]!));
      session.pass(0, 1);
      return session.logits;
    });
    expect(mostNats(rows[0]!, rows[1]!)).toBeLessThan(MOST_NATS);
  }
});

it('has a new runtime for the next session where the last one died', async () => {
  // The event of a thread that an earlier test started is still to come.
  await nextTurn();
  let thread: Worker | undefined;
  process.once('worker', started => {
    thread = started;
  });
  const model = targetOf(TINY_FOLDER);
  const session = model.openSession(createTrie(1));
  session.append(30, 12, 12);
  await nextTurn();
  await thread!.terminate();
  expect(() => session.append(31, 12, 12)).toThrow('kernel ort-cpu: its thread ended');
  const next = model.openSession(createTrie(1));
  next.append(30, 12, 12);
  next.append(31, 12, 12);
});

it('refuses a pass without a context, as the canonical kernel does', () => {
  const session = targetOf(TINY_FOLDER).openSession(createTrie(1));
  expect(() => session.pass(0, 1)).toThrow('the context is empty');
});

const nextTurn = () => new Promise(resolve => setImmediate(resolve));

function targetOf(folder: string): Model {
  const manifest = JSON.parse(readFileSync(join(folder, 'neural.json'), 'utf8'));
  return ortTarget(loadTargetGraphs(folder, graphsSchema.parse(manifest.onnx)), KERNEL);
}

/** What two kernels say of the same nodes: logits, chances, and the choices made from them. */
function comparison() {
  const noise = createNoise(PATHS, 1);
  let [rows, same, choices, flipped, most, sum] = [0, 0, 0, 0, 0, 0];
  let [mostChance, mostHorizon] = [0, 0];
  return {
    rows([a, b]: [ModelSession, ModelSession], to: number) {
      noise.setKey(to, rows);
      noise.fill(rows);
      for (let node = 0; node < to; node++) {
        const [left, right] = [a, b].map(({ logits, rows: starts }) =>
          logits.subarray(starts[node]!, starts[node]! + TOKENS),
        ) as [Int32Array, Int32Array];
        const row = mostNats(left, right);
        rows++;
        if (row <= 1 / Q16) same++;
        most = Math.max(most, row);
        sum += left.reduce((total, value, v) => total + Math.abs(value - right[v]!), 0);
        for (let path = 0; path < PATHS; path++) {
          const lane = noise.values.subarray(path * TOKENS, (path + 1) * TOKENS);
          choices++;
          if (choice(left, lane) !== choice(right, lane)) flipped++;
        }
      }
    },
    starts([a, b]: [ModelSession, ModelSession], node: number) {
      for (const moves of [1, 8, 32]) {
        const [left, right] = [a.notReachedQ16(node, moves), b.notReachedQ16(node, moves)];
        for (const [t, chance] of left.entries()) {
          mostChance = Math.max(mostChance, Math.abs(chance - right[t]!) / Q16);
        }
      }
      const horizon = mostNats(a.longHorizons!(node), b.longHorizons!(node));
      expect(Math.max(...b.longHorizons!(node))).toBeLessThan(0);
      mostHorizon = Math.max(mostHorizon, horizon);
    },
    judge() {
      const mean = sum / rows / TOKENS / Q16;
      console.log(
        `${rows} rows: ${((100 * same) / rows).toFixed(1)} % equal to one place, at most ` +
          `${most.toFixed(4)} nats, in the mean ${mean.toExponential(1)}; long horizons ` +
          `${mostHorizon.toFixed(4)} nats, chances ${mostChance.toFixed(5)}; ` +
          `${flipped} of ${choices} choices differ`,
      );
      expect(same / rows).toBeGreaterThan(SAME_SHARE);
      expect(most).toBeLessThan(MOST_NATS);
      expect(mostHorizon).toBeLessThan(MOST_NATS);
      expect(mean).toBeLessThan(MEAN_NATS);
      expect(mostChance).toBeLessThan(0.01);
      expect(flipped / choices).toBeLessThan(1e-3);
    },
  };
}

const choice = (logits: Int32Array, noise: Int32Array) => {
  let best = 0;
  for (let v = 1; v < TOKENS; v++) {
    if (logits[v]! + noise[v]! > logits[best]! + noise[best]!) best = v;
  }
  return best;
};

const mostNats = (a: Int32Array, b: Int32Array) =>
  a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0) / Q16;

const differing = (a: Int32Array, b: Int32Array) =>
  a.reduce((count, value, at) => count + (value === b[at] ? 0 : 1), 0);
