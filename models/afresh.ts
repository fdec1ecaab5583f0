/** A model as the reference asks it: afresh for every context, nothing lives on between moves. */
import { createTrie, type Model, NO_SIDE_INPUTS, resetTrie, SCALE_START, TOKENS } from '#law';

type Pair = { token: number; code: number };

export type AfreshModel = {
  contextMoves: number;
  modelHash: string;
  kernel: string;
  /** 64 log-probabilities in Q16 nats after the pairs, under a scale code; valid until the next. */
  logits(pairs: readonly Pair[], code: number): Int32Array;
  notReached(pairs: readonly Pair[], code: number, moves: number): readonly number[];
};

/** Under these side inputs, where the model takes some. */
export function afresh(model: Model, sideInputs = NO_SIDE_INPUTS): AfreshModel {
  const trie = createTrie(1);
  const session = model.openSession(trie);
  session.setSideInputs?.(sideInputs.values);
  const passAfter = (pairs: readonly Pair[], code: number) => {
    const tokens = Uint8Array.from(pairs, pair => pair.token);
    const codes = Uint8Array.from(pairs, pair => pair.code);
    session.prefill(tokens, codes, code);
    resetTrie(trie, SCALE_START);
    trie.code[0] = code;
    session.pass(0, 1);
  };
  return {
    contextMoves: model.contextMoves,
    modelHash: model.hash,
    kernel: model.kernel,
    logits(pairs, code) {
      passAfter(pairs, code);
      return session.logits.subarray(session.rows[0]!, session.rows[0]! + TOKENS);
    },
    notReached(pairs, code, moves) {
      passAfter(pairs, code);
      return session.notReachedQ16(0, moves);
    },
  };
}
