/** The addon against its twin, byte for byte: the twin is the law's text as a program. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadedKernels } from './load.ts';
import { bindNeural, type NeuralSession } from './neural.ts';
import type { NeuralShape } from './neural-weights.ts';
import { randomWeights } from './random-weights.ts';
import { twinKernels } from './twins/kernels.ts';

const isAbsent = loadedKernels.kind === 'twin';
const NONE = new Int16Array(0);
const NODES = 48;
const CONTEXT = 16;

const byte = fc.integer({ min: 0, max: 63 });
const config = fc
  .record({
    heads: fc.integer({ min: 1, max: 3 }),
    headWidths: fc.integer({ min: 1, max: 2 }),
    layers: fc.integer({ min: 1, max: 3 }),
    window: fc.integer({ min: 1, max: 6 }),
    middles: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ heads, headWidths, middles, ...rest }) => {
    const d = 16 * heads * headWidths;
    return { d, heads, feedForward: 16 * middles, contextMoves: CONTEXT, ...rest };
  });
const sideInputs = fc.option(fc.integer({ min: 1, max: 16 }), { nil: undefined });
const shape: fc.Arbitrary<NeuralShape> = fc.oneof(
  fc.tuple(config, sideInputs).map(([window, side]) => ({
    kind: 'window' as const,
    config: { ...window, sideInputs: side },
  })),
  fc.tuple(fc.integer({ min: 1, max: 6 }), sideInputs).map(([widths, side]) => ({
    kind: 'gru' as const,
    config: { d: 16 * widths, contextMoves: CONTEXT, sideInputs: side },
  })),
);
const pair = fc.record({ token: byte, code: byte });
const node = fc.record({ parent: fc.nat(), token: byte, tokenCode: byte, code: byte });
/** Moves the market makes, then a trie over them in passes of a few nodes. */
const stretch = fc.record({
  moves: fc.array(pair, { minLength: 1, maxLength: 5 }),
  isPrefilled: fc.boolean(),
  /** A new version of side inputs, of which as many as the model takes, or none of them. */
  side: fc.option(fc.oneof(fc.int16Array({ minLength: 16, maxLength: 16 }), fc.constant(NONE)), {
    nil: undefined,
  }),
  nodes: fc.array(node, { maxLength: NODES - 1 }),
  passNodes: fc.integer({ min: 1, max: NODES }),
});
const life = fc.array(stretch, { minLength: 1, maxLength: 4 });

it.skipIf(isAbsent)(
  'says what the twin says of any model, context and trie (needs the Rust addon)',
  () => {
    fc.assert(
      fc.property(shape, fc.nat(), life, fc.integer({ min: 1, max: 3 }), (...given) => {
        const [sized, seed, stretches, threads] = given;
        const weights = randomWeights(sized, seed, { hasAll: seed % 2 === 0 });
        const trie = emptyTrie(NODES);
        const [native, twin] = [loadedKernels.kernels, twinKernels].map(kernels =>
          bindNeural(weights, { kernels, threads }).openSession(trie),
        ) as [NeuralSession, NeuralSession];
        for (const [at, { moves, isPrefilled, side, nodes, passNodes }] of stretches.entries()) {
          for (const session of [native, twin]) {
            if (side !== undefined)
              session.setSideInputs(side.slice(0, sized.config.sideInputs ?? 0));
            hear(session, moves, at === 0 || isPrefilled);
          }
          setNodes(trie, nodes);
          for (let from = 0; from <= nodes.length; from += passNodes) {
            const to = Math.min(from + passNodes, nodes.length + 1);
            for (const session of [native, twin]) session.pass(from, to);
          }
          expect(firstDifference(native.logits, twin.logits)).toBe(-1);
          for (let root = 0; root <= nodes.length; root++) {
            if (root > 0 && trie.parent[root] !== 0) continue;
            expect(native.notReached(root)).toEqual(twin.notReached(root));
            expect(native.horizons(root)).toEqual(twin.horizons(root));
          }
        }
      }),
      { numRuns: 150 },
    );
  },
);

it.skipIf(isAbsent)('says what the twin says at the size that ships (needs the Rust addon)', () => {
  const shipped = { d: 256, layers: 3, heads: 8, window: 21, contextMoves: 64 };
  const sized = { kind: 'window', config: { ...shipped, feedForward: 1024 } } as const;
  const weights = randomWeights(sized, 5);
  const trie = emptyTrie(NODES);
  const tokens = Uint8Array.from({ length: 64 }, (_, at) => (at * 29 + 7) % 64);
  const codes = Uint8Array.from({ length: 64 }, (_, at) => 12 + (at % 3));
  const nodes = Array.from({ length: NODES - 1 }, (_, at) => ({
    ...{ parent: Math.floor(at / 2), token: (at * 13) % 64, tokenCode: 12, code: at % 64 },
  }));
  setNodes(trie, nodes);
  const said = [loadedKernels.kernels, twinKernels].map(kernels => {
    const session = bindNeural(weights, { kernels, threads: 2 }).openSession(trie);
    session.prefill(tokens, codes, 13);
    session.pass(0, NODES);
    return { logits: session.logits, times: session.notReached(1), far: session.horizons(0) };
  });
  expect(said[0]).toEqual(said[1]);
});

function hear(session: NeuralSession, moves: { token: number; code: number }[], fresh: boolean) {
  const next = (at: number) => moves[at + 1]?.code ?? 12;
  if (fresh) {
    const tokens = Uint8Array.from(moves, ({ token }) => token);
    session.prefill(
      tokens,
      Uint8Array.from(moves, ({ code }) => code),
      12,
    );
  } else {
    for (const [at, { token, code }] of moves.entries()) session.append(token, code, next(at));
  }
}

function emptyTrie(nodes: number) {
  return {
    parent: new Int32Array(nodes).fill(-1),
    token: new Uint8Array(nodes),
    tokenCode: new Uint8Array(nodes),
    code: new Uint8Array(nodes),
  };
}

type Node = { parent: number; token: number; tokenCode: number; code: number };

/** Nodes of one parent have different tokens, as in any trie. */
function setNodes(trie: ReturnType<typeof emptyTrie>, nodes: readonly Node[]) {
  const taken = new Set<string>();
  for (const [at, { parent, token, tokenCode, code }] of nodes.entries()) {
    const under = parent % (at + 1);
    let free = token;
    while (taken.has(`${under} ${free}`)) free = (free + 1) % 64;
    taken.add(`${under} ${free}`);
    trie.parent[at + 1] = under;
    trie.token[at + 1] = free;
    trie.tokenCode[at + 1] = tokenCode;
    trie.code[at + 1] = code;
  }
}

/** Comparing long arrays value by value is slow where they are reported. */
function firstDifference(a: Int32Array, b: Int32Array): number {
  return a.findIndex((value, at) => value !== b[at]);
}
