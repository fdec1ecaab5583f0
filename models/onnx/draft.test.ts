/** A speculation of one run drafts what the same model drafts move by move. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  addBranch,
  addPresent,
  createNoiseWindow,
  createPathSet,
  createRunner,
  createTrie,
  draftPaths,
  type Model,
  nodeAt,
  type PathSet,
  type Runner,
  resetPaths,
  scaleCode,
} from '#law';
import { graphsSchema } from '../neural/graph-manifest.ts';
import { neuralModel } from '../neural/model.ts';
import { loadModel, SHIPPED_MODELS } from '../registry.ts';
import { growTrie, madeUpMoves } from '../testing/made-up-moves.ts';
import { TINY_FOLDER, TINY_MOVES, tinyWeights } from '../testing/tiny-pair.ts';
import { ortDraft } from './draft.ts';
import { loadDraftGraphs } from './load-graphs.ts';

const Q16 = 65_536;
const MOST_NATS = 0.15;
const MOVE_INDEX = 1000;
const BRANCHES = Uint8Array.of(30, 31, 32, 33);

const pairs: [string, () => [Model, Model], number][] = [
  ['that ships', () => [loadModel('neural', 'draft'), draftOf(SHIPPED_MODELS)], 8],
  // Fewer moves than the graph drafts.
  ['of other sizes', () => [neuralModel('tiny', tinyWeights.draft), draftOf(TINY_FOLDER)], 3],
];

describe.each(pairs)('the draft %s', (_, load, moves) => {
  const [canonical, ort] = load();
  const size = { branches: BRANCHES.length, paths: 6, moves };
  const history = madeUpMoves(ort.contextMoves + 20, 5);

  it('drafts in one run what it drafts in a pass a move, also behind what is settled', () => {
    const [whole, stepwise] = [drafting(ort, size), drafting(inPasses(ort), size)];
    for (const settled of [0, 1, moves - 1]) {
      for (const at of [0, 1, 5]) {
        const [found, expected] = [whole, stepwise].map(each => each.draft(at, settled)) as [
          Drafted,
          Drafted,
        ];
        expect(found.tokens).toEqual(expected.tokens);
        for (const [trajectory, rows] of found.rows.entries()) {
          expect(rows).toEqual(expected.rows[trajectory]);
        }
      }
    }
  });

  it('has the rows of the canonical kernel, but for a last place now and then', () => {
    const trie = createTrie(300);
    const sessions = [canonical, ort].map(model => model.openSession(trie));
    let [most, same, rows, starts] = [0, 0, 0, 0];
    for (let at = 0; at < 20; at++) {
      const end = ort.contextMoves + at;
      const scale = history.scales[end - 1]!;
      for (const session of sessions) {
        if (at === 0) prefillAt(session, end);
        else session.append(history.tokens[end - 1]!, history.codes[end - 1]!, scaleCode(scale));
      }
      growTrie(trie, scale, { depth: Math.min(moves, TINY_MOVES), seed: at });
      for (const session of sessions) session.pass(0, trie.size);
      const [left, right] = sessions.map(({ logits }) => logits) as [Int32Array, Int32Array];
      for (let node = 0; node < trie.size; node++) {
        let row = 0;
        for (let v = node * 64; v < node * 64 + 64; v++) {
          row = Math.max(row, Math.abs(left[v]! - right[v]!));
        }
        most = Math.max(most, row / Q16);
        rows++;
        if (row <= 1) same++;
        if (trie.parent[node]! <= 0) starts++;
      }
    }
    console.log(
      `${rows} rows: ${((100 * same) / rows).toFixed(1)} % equal to one place, at most ` +
        `${most.toFixed(4)} nats`,
    );
    expect(starts).toBeGreaterThan(20);
    expect(same / rows).toBeGreaterThan(0.5);
    expect(most).toBeLessThan(MOST_NATS);
  });

  type Drafted = { tokens: Uint8Array; rows: Int32Array[] };

  /** Drafts the present and its branches at a move of the history, some moves settled already. */
  function drafting(model: Model, of: typeof size) {
    const set = createPathSet(of);
    const noise = createNoiseWindow(of);
    noise.setKey([3, 4]);
    const runner = createRunner(model, noise, set);
    return {
      draft(at: number, settled: number): Drafted {
        const end = ort.contextMoves + at;
        prepare({ runner, set }, { end, at });
        if (settled > 0) {
          for (let each = 0; each < set.tokens.length; each++) set.tokens[each] = 20 + (each % 24);
          for (let t = 0; t < set.settled.length; t += 2) set.settled[t] = settled;
          for (let t = 0; t < set.settled.length; t++) keepSettled(set, t);
        }
        const trajectories = set.contexts * of.paths;
        draftPaths(runner, set, { from: 0, to: trajectories });
        const rows = Array.from({ length: trajectories * of.moves }, (_, each) => {
          const node = set.nodes[each]!;
          const isDrafted = each % of.moves >= set.settled[Math.floor(each / of.moves)]!;
          return isDrafted ? runner.session.logits.slice(node * 64, node * 64 + 64) : NO_ROW;
        });
        return { tokens: set.tokens.slice(), rows };
      },
    };
  }

  function prepare(
    { runner, set }: { runner: Runner; set: PathSet },
    by: { end: number; at: number },
  ) {
    const scale = history.scales[by.end - 1]!;
    if (by.at === 1) {
      const [token, code] = [history.tokens[by.end - 1]!, history.codes[by.end - 1]!];
      runner.session.append(token, code, scaleCode(scale));
    } else prefillAt(runner.session, by.end);
    runner.noise.cover(MOVE_INDEX + by.at, moves + 1);
    resetPaths(set, scale);
    runner.evaluated = 0;
    addPresent(set, MOVE_INDEX + by.at);
    for (const token of BRANCHES) addBranch(set, token, MOVE_INDEX + by.at);
  }

  function prefillAt(session: Runner['session'], end: number): void {
    const [tokens, codes] = [history.tokens.subarray(0, end), history.codes.subarray(0, end)];
    session.prefill(tokens, codes, scaleCode(history.scales[end - 1]!));
  }
});

const NO_ROW = new Int32Array(0);

it('refuses more moves than its graph drafts, and says what to do', () => {
  const set = createPathSet({ branches: 1, paths: 1, moves: TINY_MOVES + 1 });
  const noise = createNoiseWindow({ paths: 1, moves: TINY_MOVES + 1 });
  const runner = createRunner(draftOf(TINY_FOLDER), noise, set);
  runner.session.append(30, 12, 12);
  resetPaths(set, 20_000);
  addPresent(set, 1);
  expect(() => draftPaths(runner, set, { from: 0, to: 1 })).toThrow(
    "moves: 5, the draft's graph drafts 4; run with --moves 4",
  );
});

function draftOf(folder: string): Model {
  const manifest = JSON.parse(readFileSync(join(folder, 'neural.json'), 'utf8'));
  const graphs = loadDraftGraphs(folder, graphsSchema.parse(manifest.onnx));
  return ortDraft(graphs, { name: 'draft', kernel: 'ort-cpu', threads: 1 });
}

/** The same model without its whole speculations. */
function inPasses(model: Model): Model {
  return {
    ...model,
    openSession(trie) {
      const { draft: _draft, ...session } = model.openSession(trie);
      return session;
    },
  };
}

/** Nodes of the settled moves, as earlier rounds left them. */
function keepSettled(set: PathSet, trajectory: number): void {
  for (let h = 0; h < set.settled[trajectory]!; h++) nodeAt(set, trajectory, h);
}
