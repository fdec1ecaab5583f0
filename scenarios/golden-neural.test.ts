/** The golden vectors of the neural kernels in docs/law.md hold for the twins and the addon. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bindNeural, loadedKernels, type NeuralShape, randomWeights, twinKernels } from '#native';
import { readGoldenVectors } from './golden-vectors.ts';

const golden = readGoldenVectors();
const { tokens, codes, nextCode, parent, token, tokenCode, code } = golden.neural;
const ROOT_NODES = [0, 1, 2];
const kernels = { 'the twin': twinKernels, [`the ${loadedKernels.kind}`]: loadedKernels.kernels };

describe.each(Object.entries(kernels))('%s', (_, inUse) => {
  it('says of a target what the law prints, or a verdict would depend on its reader', () => {
    const { seed, config, sha256, ...printed } = golden.window;
    const session = passed({ kind: 'window', config }, { seed });
    expect([...session.logits.subarray(-64)]).toEqual(printed.logits);
    expect([...session.notReached(0).subarray(0, 24)]).toEqual(printed.notReached);
    expect([...session.horizons(0)]).toEqual(printed.horizons);
    expect({
      logits: sha256OfInts([session.logits]),
      notReached: sha256OfInts(ROOT_NODES.map(session.notReached)),
      horizons: sha256OfInts(ROOT_NODES.map(session.horizons)),
    }).toEqual(sha256);
  });

  it('says of a draft what the law prints', () => {
    const { seed, config, sha256, logits } = golden.gru;
    const session = passed({ kind: 'gru', config }, { seed });
    expect([...session.logits.subarray(-64)]).toEqual(logits);
    expect({ logits: sha256OfInts([session.logits]) }).toEqual(sha256);
  });

  it('says of both what the law prints under side inputs', () => {
    const { windowSide, gruSide } = golden;
    const target = passed({ kind: 'window', config: windowSide.config }, windowSide);
    expect([...target.logits.subarray(-64)]).toEqual(windowSide.logits);
    expect({
      logits: sha256OfInts([target.logits]),
      notReached: sha256OfInts(ROOT_NODES.map(target.notReached)),
      horizons: sha256OfInts(ROOT_NODES.map(target.horizons)),
    }).toEqual(windowSide.sha256);
    const draft = passed({ kind: 'gru', config: gruSide.config }, gruSide);
    expect([...draft.logits.subarray(-64)]).toEqual(gruSide.logits);
    expect({ logits: sha256OfInts([draft.logits]) }).toEqual(gruSide.sha256);
  });

  it('foresees of a draft with durations what the law prints', () => {
    const { seed, config, notReached, sha256 } = golden.gruDurations;
    const session = passed({ kind: 'gru', config }, { seed, hasAll: true });
    expect([...session.notReached(0).subarray(0, 24)]).toEqual(notReached);
    expect({ notReached: sha256OfInts(ROOT_NODES.map(session.notReached)) }).toEqual(sha256);
    // Its logits are those of the draft without: the head is the last tensor.
    expect([...session.logits.subarray(-64)]).toEqual(golden.gru.logits);
    const without = passed({ kind: 'gru', config }, { seed });
    expect([...without.notReached(0)]).toEqual(Array(96).fill(0));
  });

  function passed(shape: NeuralShape, { seed, sideInputs = [], hasAll = false }: Passed) {
    const session = bindNeural(randomWeights(shape, seed, { hasAll }), {
      kernels: inUse,
    }).openSession({
      parent: Int32Array.from(parent),
      token: Uint8Array.from(token),
      tokenCode: Uint8Array.from(tokenCode),
      code: Uint8Array.from(code),
    });
    session.setSideInputs(Int16Array.from(sideInputs));
    const first = shape.config.contextMoves;
    const head = (values: number[]) => Uint8Array.from(values.slice(0, first));
    session.prefill(head(tokens), head(codes), codes[first]!);
    for (let at = first; at < tokens.length; at++) {
      session.append(tokens[at]!, codes[at]!, codes[at + 1] ?? nextCode);
    }
    session.pass(0, parent.length);
    return session;
  }
});

type Passed = { seed: number; sideInputs?: readonly number[]; hasAll?: boolean };

function sha256OfInts(lists: readonly Int32Array[]): string {
  const hash = createHash('sha256');
  for (const values of lists) {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) bytes.writeInt32LE(value, 4 * index);
    hash.update(bytes);
  }
  return hash.digest('hex');
}
