/** The neural kernels: a row depends on the law's window of pairs alone, whoever computes it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadedKernels } from './load.ts';
import { bindNeural, type NeuralSession, type NeuralTrie } from './neural.ts';
import type { NeuralKernels } from './neural-kernels.ts';
import type { NeuralWeights } from './neural-weights.ts';
import { randomWeights } from './random-weights.ts';
import { twinKernels } from './twins/kernels.ts';

const CONTEXT = 12;
const CONFIG = { d: 32, layers: 2, heads: 2, window: 5, contextMoves: CONTEXT, feedForward: 64 };
const TARGET = randomWeights({ kind: 'window', config: CONFIG }, 7);
const DRAFT = randomWeights({ kind: 'gru', config: { d: 16, contextMoves: CONTEXT } }, 8);
const SIDE = {
  target: randomWeights({ kind: 'window', config: { ...CONFIG, sideInputs: 2 } }, 7),
  draft: randomWeights({ kind: 'gru', config: { d: 16, contextMoves: CONTEXT, sideInputs: 2 } }, 8),
};

const NONE = new Int16Array(0);

type Pair = { token: number; code: number };

const byte = fc.integer({ min: 0, max: 63 });
const pair = fc.record({ token: byte, code: byte });
const history = fc.array(pair, { minLength: CONTEXT + 1, maxLength: 30 });
const path = fc.array(pair, { minLength: 1, maxLength: 8 });

const { kind, kernels: inUse } = loadedKernels;
const implementations = { 'the twin': twinKernels, [`the ${kind} in use`]: inUse };

describe.each(Object.entries(implementations))('%s', (_, kernels) => {
  const open = (weights: NeuralWeights, nodes: number) => {
    const trie = trieOf(nodes);
    return { trie, ...openOver(weights, trie, kernels) };
  };

  it('says the same from a cache that lived on and one rebuilt, or no replay would hold', () => {
    const lived = open(TARGET, 1);
    const rebuilt = open(TARGET, 1);
    fc.assert(
      fc.property(history, byte, (pairs, nextCode) => {
        const first = pairs.slice(0, 3);
        prefill(lived.session, first, pairs[3]!.code);
        for (let at = 3; at < pairs.length; at++) {
          lived.session.append(pairs[at]!.token, pairs[at]!.code, pairs[at + 1]?.code ?? nextCode);
        }
        prefill(rebuilt.session, pairs.slice(-CONTEXT), nextCode);
        expect(lived.said()).toEqual(rebuilt.said());
      }),
    );
  });

  it.each(Object.entries(SIDE))(
    'says the same under side inputs that changed and from the start, as %s',
    (...[, weights]) => {
      const lived = open(weights, 1);
      const values = fc.oneof(fc.int16Array({ minLength: 2, maxLength: 2 }), fc.constant(NONE));
      const versions = fc.array(fc.tuple(values, history), { minLength: 1, maxLength: 4 });
      fc.assert(
        fc.property(versions, byte, (given, nextCode) => {
          for (const [side, pairs] of given) {
            lived.session.setSideInputs(side);
            prefill(lived.session, pairs.slice(0, CONTEXT), pairs[CONTEXT]!.code);
            for (let at = CONTEXT; at < pairs.length; at++) {
              const { token, code } = pairs[at]!;
              lived.session.append(token, code, pairs[at + 1]?.code ?? nextCode);
            }
            const fresh = open(weights, 1);
            fresh.session.setSideInputs(side);
            for (const [at, { token, code }] of pairs.entries()) {
              fresh.session.append(token, code, pairs[at + 1]?.code ?? nextCode);
            }
            expect(lived.said()).toEqual(fresh.said());
          }
        }),
        { numRuns: 30 },
      );
    },
  );

  it('says something else under side inputs, and forgets the context when they change', () => {
    const { session, said } = open(SIDE.target, 1);
    const saidUnder = (side: readonly number[]) => {
      session.setSideInputs(Int16Array.from(side));
      expect(() => session.pass(0, 1)).toThrow('the context is empty');
      prefill(session, [{ token: 33, code: 12 }], 11);
      return JSON.stringify(said());
    };
    const all = [[], [0, 1], [1, 0], [0, 0], [-32_768, 32_767]].map(saidUnder);
    // Zeros say what none says: a sum with zero.
    expect(all[3]).toBe(all[0]);
    expect(new Set(all).size).toBe(4);
    expect(() => session.setSideInputs(new Int16Array(1))).toThrow('1 side inputs: pass none or 2');
    const { session: without } = open(TARGET, 1);
    expect(() => without.setSideInputs(new Int16Array(2))).toThrow('pass none or 0');
  });

  it.each([
    ['target', TARGET],
    ['draft', DRAFT],
  ] as const)(
    'says the same of a branch and of the context it leads to, as %s',
    (...[, weights]) => {
      const branched = open(weights, 9);
      const fresh = open(weights, 1);
      fc.assert(
        fc.property(history, path, byte, (pairs, steps, lastCode) => {
          const known = pairs.slice(-CONTEXT);
          prefill(branched.session, known, steps[0]!.code);
          for (const [at, { token, code }] of steps.entries()) {
            setNode(branched.trie, at + 1, {
              ...{ parent: at, token, tokenCode: code },
              code: steps[at + 1]?.code ?? lastCode,
            });
          }
          branched.session.pass(0, steps.length + 1);
          prefill(fresh.session, known, steps[0]!.code);
          for (const [at, { token, code }] of steps.entries()) {
            fresh.session.append(token, code, steps[at + 1]?.code ?? lastCode);
            const { logits, ...outlook } = fresh.said();
            expect(rowAt(branched.session, at + 1)).toEqual(logits);
            if (at === 0) expect(outlookAt(branched.session, 1)).toEqual(outlook);
          }
        }),
      );
    },
  );

  it('gives a packed pass the rows of single ones, or the batch would change forecasts', () => {
    const packed = open(TARGET, 40);
    const single = open(TARGET, 40);
    const node = fc.record({ parent: fc.nat(), token: byte, tokenCode: byte, code: byte });
    const nodes = fc.array(node, { minLength: 1, maxLength: 39 });
    fc.assert(
      fc.property(history, nodes, (pairs, added) => {
        for (const { session, trie } of [packed, single]) {
          prefill(session, pairs.slice(-CONTEXT), 12);
          for (const [at, { parent, ...rest }] of added.entries()) {
            setNode(trie, at + 1, { parent: parent % (at + 1), ...rest });
          }
        }
        packed.session.pass(0, added.length + 1);
        for (let at = 0; at <= added.length; at++) single.session.pass(at, at + 1);
        expect(outlookAt(packed.session, 1)).toEqual(outlookAt(single.session, 1));
        const end = (added.length + 1) * 64;
        const rows = packed.session.logits.subarray(0, end);
        expect(rows).toEqual(single.session.logits.subarray(0, end));
      }),
    );
  });

  it('says log-probabilities, and chances that fit a u16', () => {
    const { session, said } = open(TARGET, 1);
    prefill(session, [{ token: 33, code: 12 }], 11);
    const { logits, notReached, horizons } = said();
    const total = (logs: readonly number[]) =>
      logs.reduce((sum, x) => sum + Math.exp(x / 65_536), 0);
    expect(total(logits)).toBeCloseTo(1, 3);
    expect(total(horizons.slice(0, 65))).toBeCloseTo(1, 3);
    expect(total(horizons.slice(65))).toBeCloseTo(1, 3);
    expect(Math.min(...notReached)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...notReached)).toBeLessThan(65_536);
  });

  it('refuses what would read beyond its memory', () => {
    const { session, trie } = open(TARGET, 3);
    expect(() => session.pass(0, 1)).toThrow('the context is empty');
    expect(() => session.append(64, 0, 0)).toThrow('token is 64');
    session.append(31, 12, 12);
    expect(() => session.append(0, 0, -1)).toThrow('nextCode is -1');
    expect(() => session.pass(0, 4)).toThrow('to is 4');
    expect(() => session.prefill(new Uint8Array(13), new Uint8Array(13), 0)).toThrow('is 13');
    expect(() => session.pass(1, 2)).toThrow('from is 1: pass 0 or 0');
    trie.parent.set([-1, 1, 1]);
    expect(() => session.pass(0, 2)).toThrow('node 1 has parent 1');
    trie.parent.set([-1, 0, 1]);
    session.pass(0, 3);
    expect(() => session.notReached(3)).toThrow('node is 3');
    expect(() => session.horizons(2)).toThrow('node is 2, a child of 1');
    structuredClone(trie.token, { transfer: [trie.token.buffer] });
    expect(() => session.pass(0, 1)).toThrow('token was transferred');
  });
});

it.each([
  ['d', { ...CONFIG, d: 40 }, 'd is 40: pass a multiple of 16'],
  ['d', { ...CONFIG, d: 48 }, 'heads is 2: of d 48 pass heads 16, 32, 64, 128 wide'],
  ['heads', { ...CONFIG, heads: 3 }, 'heads is 3: of d 32'],
  ['window', { ...CONFIG, window: 8 }, 'window is 8: 2 layers of it reach 15 moves back'],
  ['layers', { ...CONFIG, layers: 1 }, 'tensor layers.1.norm1: no part of this model'],
  ['sideInputs', { ...CONFIG, sideInputs: 17 }, 'sideInputs is 17: pass an integer from 1 to 16'],
  ['sideInputs', { ...CONFIG, sideInputs: 2 }, 'tensor side: missing'],
  ['feedForward', { ...CONFIG, feedForward: 2048 }, 'feedForward is 2048'],
  ['feedForward', { ...CONFIG, feedForward: 48 }, 'tensor layers.0.up: 2048 values'],
])('refuses weights of another %s than their config', (_, config, complaint) => {
  expect(() => bindNeural({ ...TARGET, config }, { kernels: twinKernels })).toThrow(complaint);
});

it.each([
  ['layers.0.qkv', -128, 'value 5 is -128, expected -127 to 127'],
  ['norm', Number.NaN, 'value 5 is NaN, expected -1024 to 1024'],
  ['token', 1025, 'value 5 is 1025, expected -1024 to 1024'],
  ['head.scale', 0, 'value 5 is 0, expected more than 0'],
])('refuses a value of %s that is %d, or sums would leave their bounds', (...given) => {
  const [name, value, complaint] = given;
  const tensor = TARGET.tensors.get(name)!.slice();
  tensor[5] = value;
  const tensors = new Map([...TARGET.tensors, [name, tensor]]);
  expect(() => bindNeural({ ...TARGET, tensors }, { kernels: twinKernels })).toThrow(complaint);
});

function trieOf(nodes: number) {
  return {
    parent: new Int32Array(nodes).fill(-1),
    token: new Uint8Array(nodes),
    tokenCode: new Uint8Array(nodes),
    code: new Uint8Array(nodes),
  };
}

type Node = { parent: number; token: number; tokenCode: number; code: number };

function setNode(trie: NeuralTrie, at: number, node: Node) {
  trie.parent[at] = node.parent;
  trie.token[at] = node.token;
  trie.tokenCode[at] = node.tokenCode;
  trie.code[at] = node.code;
}

function openOver(weights: NeuralWeights, trie: NeuralTrie, kernels: NeuralKernels) {
  const session = bindNeural(weights, { kernels }).openSession(trie);
  /** All that the present says. */
  const said = () => {
    session.pass(0, 1);
    return { logits: rowAt(session, 0), ...outlookAt(session, 0) };
  };
  return { session, said };
}

function rowAt({ logits }: NeuralSession, node: number) {
  return [...logits.subarray(node * 64, node * 64 + 64)];
}

function outlookAt(session: NeuralSession, node: number) {
  return { notReached: [...session.notReached(node)], horizons: [...session.horizons(node)] };
}

function prefill(session: NeuralSession, pairs: readonly Pair[], nextCode: number) {
  const tokens = Uint8Array.from(pairs, ({ token }) => token);
  session.prefill(
    tokens,
    Uint8Array.from(pairs, ({ code }) => code),
    nextCode,
  );
}
