/** A back-off n-gram as a model: each node of a trie looks up its longest known context. */
import { hash } from 'node:crypto';
import { OutriderError } from '#engine';
import { type Model, type ModelSession, TOKENS, type Trie } from '#law';
import {
  decodeNgram,
  NGRAM_FILE_BYTES_MAX,
  NGRAM_ORDER_MAX,
  type NgramTable,
  NOT_REACHED_HORIZONS,
  NOT_REACHED_MOVES,
} from './table.ts';

/** Moves of context before the first forecast: the scale has settled by then. */
const CONTEXT_MOVES = NGRAM_ORDER_MAX;
const KERNEL = 'ngram/1';

/** The model of a table file. */
export function ngramModel(name: string, bytes: Uint8Array): Model {
  if (bytes.length > NGRAM_FILE_BYTES_MAX) {
    throw new OutriderError('bad-model', `${name}: ${bytes.length} bytes, the most is 64 MiB`);
  }
  const table = decodeNgram(bytes, name);
  const logits = Int32Array.from(table.rows, q10 => q10 * 64);
  return {
    name,
    hash: hash('sha256', bytes),
    kernel: KERNEL,
    contextMoves: CONTEXT_MOVES,
    sideInputs: 0,
    window: table.order,
    table: logits,
    openSession: trie => session(table, logits, trie),
  };
}

function session(table: NgramTable, logits: Int32Array, trie: Trie): ModelSession {
  const { order, roots, rowOf, blockOf, blocks, notReached } = table;
  const rows = new Int32Array(trie.nodesMax);
  /** The context's latest tokens, newest first. */
  const recent = new Uint8Array(order);
  let known = 0;
  const append = (token: number) => {
    recent.copyWithin(1, 0);
    recent[0] = token;
    known = Math.min(known + 1, order);
  };

  /** Walks back from a node through its ancestors and then the context, as far as counts reach. */
  function rowAt(node: number): number {
    let context = Math.max(0, roots[trie.code[node]!]!);
    let ancestor = node;
    let back = 0;
    for (let depth = 0; depth < order; depth++) {
      const block = blockOf[context]!;
      if (block < 0) break;
      let token: number;
      if (ancestor > 0) {
        token = trie.token[ancestor]!;
        ancestor = trie.parent[ancestor]!;
      } else {
        if (back === known) break;
        token = recent[back++]!;
      }
      const longer = blocks[block * TOKENS + token]!;
      if (longer < 0) break;
      context = longer;
    }
    return rowOf[context]! * TOKENS;
  }

  return {
    logits,
    rows,
    prefill(tokens) {
      known = 0;
      for (const token of tokens) append(token);
    },
    append,
    pass(from, to) {
      for (let node = from; node < to; node++) rows[node] = rowAt(node);
    },
    notReachedQ16(node, moves) {
      const row = trie.code[node]! * NOT_REACHED_MOVES + Math.min(moves, NOT_REACHED_MOVES) - 1;
      const at = row * NOT_REACHED_HORIZONS;
      return [notReached[at]!, notReached[at + 1]!, notReached[at + 2]!];
    },
  };
}
