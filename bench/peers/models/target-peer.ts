/** A packed pass of 1,024 nodes on two threads, in our kernel and in onnxruntime-node. */

import { join } from 'node:path';
import type { Tensor } from 'onnxruntime-node';
import { TOKENS } from '#law';
import { loadModel, SHIPPED_MODELS } from '#models';
import { type Agreement, agreementOf, NEAR, natsOf, SAME } from './agreement.ts';
import type { ModelSides } from './draft-peer.ts';
import { ints, openGraph, room, type Values } from './graph.ts';
import type { Side } from './side.ts';
import { makeWork, type Work } from './work.ts';

const BRANCHES = 16;
const SHAPE = { branches: BRANCHES, pathsOfBranch: 9, moves: 8 };
/** Nodes behind the context: 16 first moves and 144 paths of seven more. */
export const TARGET_NODES = 1024;
const THREADS = 2;

/** What attention reads: each node its window, for any trie, or whole paths of one length. */
type Kind = 'windows' | 'paths';
type Form = { kind: Kind; name: string; file: string; most: Agreement };

const SHIPPED = 'shipped, float products';
const FORMS: readonly Form[] = [
  { kind: 'windows', name: SHIPPED, file: 'neural-target-packed', most: SAME },
  { kind: 'windows', name: 'law, int8 products', file: 'target-packed-law-int8', most: SAME },
  { kind: 'windows', name: 'plain fp32', file: 'target-packed-float', most: NEAR },
  { kind: 'windows', name: 'dynamic int8', file: 'target-packed-int8', most: NEAR },
  { kind: 'paths', name: 'law, float products', file: 'target-paths-law', most: SAME },
  { kind: 'paths', name: 'law, int8 products', file: 'target-paths-law-int8', most: SAME },
  { kind: 'paths', name: 'plain fp32', file: 'target-paths-float', most: NEAR },
  { kind: 'paths', name: 'dynamic int8', file: 'target-paths-int8', most: NEAR },
];

/** An item is a node; as with ours, times and long horizons are wanted of first moves alone. */
export async function openTargetSides(graphs: string): Promise<ModelSides> {
  const model = loadModel('neural', 'target', { threads: THREADS });
  const work = makeWork({ ...SHAPE, contextMoves: model.contextMoves });
  const session = model.openSession(work.trie);
  session.prefill(work.tokens, work.codes, work.nextCodes.at(-1)!);
  const own: Side = {
    ...{ group: 'ours', name: `by the Node binding, ${THREADS} threads` },
    run: () => void session.pass(0, work.trie.size),
  };
  await own.run();
  const ours = natsOf(session.logits.subarray(TOKENS));
  const given = await inputsOf(work, model.window);
  const sides: [Side, ...Side[]] = [own];
  const agreements: Record<string, Agreement> = {};
  for (const { kind, name, file, most } of FORMS) {
    const folder = name === SHIPPED ? join(SHIPPED_MODELS, 'onnx') : graphs;
    const graph = await openGraph(join(folder, `${file}.onnx`), THREADS);
    const said = outputsOf(kind === 'paths' ? BRANCHES : TARGET_NODES);
    await graph.run(given[kind], said);
    const theirs = natsOf((said['logits'] as Tensor).data as Int32Array);
    agreements[file] = agreementOf(file, { ours, theirs, most });
    sides.push({
      ...{ group: `onnxruntime-node by ${kind}`, name },
      run: async () => void (await graph.run(given[kind], said)),
    });
  }
  return { sides, items: TARGET_NODES, agreements };
}

/** Both graphs' inputs over one context: the shipped prefill makes its cache. */
async function inputsOf(work: Work, window: number): Promise<Record<Kind, Values>> {
  const { trie, nodes, tokens, codes, nextCodes } = work;
  const prefill = await openGraph(join(SHIPPED_MODELS, 'onnx', 'neural-target-prefill.onnx'), 1);
  const shape = [1, tokens.length];
  const context = {
    tokens: ints(tokens, shape),
    codes: ints(codes, shape),
    next_codes: ints(nextCodes, shape),
  };
  const said = await prefill.run(context, ['next_cache']);
  const ofNodes = {
    tokens: ints(trie.token.subarray(1), [TARGET_NODES]),
    codes: ints(trie.tokenCode.subarray(1), [TARGET_NODES]),
    next_codes: ints(trie.code.subarray(1), [TARGET_NODES]),
    cache: said['next_cache']!,
  };
  const places = new Int32Array(TARGET_NODES);
  nodes.forEach((node, place) => {
    places[node - 1] = place;
  });
  const rows = nodes.map(node => node - 1);
  const branches = Int32Array.from({ length: BRANCHES }, (_, branch) => branch);
  const reads = ints(readsOf(trie.parent, window), [TARGET_NODES, window]);
  return {
    windows: { ...ofNodes, reads },
    paths: {
      ...ofNodes,
      rows: ints(rows, [rows.length]),
      places: ints(places, [TARGET_NODES]),
      branches: ints(branches, [BRANCHES]),
    },
  };
}

/** Rows that each node reads, itself first: nodes behind the `window - 1` rows of the cache. */
export function readsOf(parent: Int32Array, window: number): Int32Array {
  const past = window - 1;
  const reads = new Int32Array((parent.length - 1) * window);
  for (let node = 1; node < parent.length; node++) {
    let at = node;
    let newest = past;
    for (let distance = 0; distance < window; distance++) {
      reads[(node - 1) * window + distance] = at > 0 ? past + at - 1 : --newest;
      if (at > 0) at = parent[at]!;
    }
  }
  return reads;
}

function outputsOf(timed: number): Values {
  return {
    logits: room('int32', TARGET_NODES, TOKENS),
    not_reached: room('int32', timed, 32, 3),
    horizons: room('int32', timed, 2, 65),
  };
}
