/** A draft's steps in our kernel and in an onnxruntime-node loop, over the same paths. */

import { join } from 'node:path';
import { TOKENS } from '#law';
import { loadModel } from '#models';
import { type Agreement, agreementOf, NEAR, natsOf, SAME } from './agreement.ts';
import type { Side } from './side.ts';
import { openStepLoop } from './step-loop.ts';
import { makeWork } from './work.ts';

/** Of a path. */
const MOVES = 16;
const FORMS: Readonly<Record<string, Agreement>> = {
  ...{ law: SAME, 'law-int8': SAME, float: NEAR, int8: NEAR },
};

export type ModelSides = {
  sides: [Side, ...Side[]];
  /** In one call of a side. */
  items: number;
  agreements: Record<string, Agreement>;
};

/** `batch` paths go side by side; an item is a step of all of them. */
export async function openDraftSides(graphs: string, batch: number): Promise<ModelSides> {
  const model = loadModel('neural', 'draft');
  const { contextMoves } = model;
  const work = makeWork({ contextMoves, branches: batch, pathsOfBranch: 1, moves: MOVES });
  const session = model.openSession(work.trie);
  session.prefill(work.tokens, work.codes, work.nextCodes.at(-1)!);
  const own: Side = {
    ...{ group: 'ours', name: 'by the Node binding' },
    run() {
      session.pass(0, 1 + batch);
      for (let at = 1 + batch; at < work.trie.size; at += batch) session.pass(at, at + batch);
      return undefined;
    },
  };
  await own.run();
  const ours = natsOf(session.logits.subarray(TOKENS));
  const sides: [Side, ...Side[]] = [own];
  const agreements: Record<string, Agreement> = {};
  for (const [form, most] of Object.entries(FORMS)) {
    const path = join(graphs, `draft-step-${form}.onnx`);
    const loop = await openStepLoop(path, work, batch);
    agreements[form] = agreementOf(path, { ours, theirs: await loop.logits(), most });
    sides.push({ group: 'onnxruntime-node', name: form, run: loop.run });
    sides.push({ group: 'its bare binding', name: form, run: loop.runBare });
  }
  return { sides, items: MOVES, agreements };
}
