/** A runtime that dies, hangs or fails says so; nobody waits for it longer than the bound. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { createTrie } from '#law';
import { graphsSchema } from '../neural/graph-manifest.ts';
import { TINY_FOLDER } from '../testing/tiny-pair.ts';
import { type GraphRuntime, type GraphRuntimeOptions, startGraphRuntime } from './graph-runtime.ts';
import { loadTargetGraphs } from './load-graphs.ts';
import { ortTarget } from './target.ts';

const manifest = JSON.parse(readFileSync(join(TINY_FOLDER, 'neural.json'), 'utf8'));
const loaded = loadTargetGraphs(TINY_FOLDER, graphsSchema.parse(manifest.onnx));
const sizesMax = { 'target-prefill': { B: 500, C: 10, Q: 4 } };

const CUDA = join(
  ...[import.meta.dirname, '../../node_modules/onnxruntime-node/bin/napi-v6', process.platform],
  ...[process.arch, 'libonnxruntime_providers_cuda.so'],
);

let runtime: GraphRuntime | undefined;
const start = (options: Partial<GraphRuntimeOptions> = {}) => {
  runtime = startGraphRuntime({
    ...{ kernel: 'ort-cpu', graphs: loaded.graphs, sizesMax, threads: 1, ...options },
  });
  return runtime;
};
const prefill = (of: GraphRuntime, B = 1) =>
  of.run('target-prefill', { B, C: 10, Q: 4 }, ({ tokens }) => void tokens!.fill(31));
const nextTurn = () => new Promise(resolve => setImmediate(resolve));
afterEach(() => runtime?.close());

it('runs a graph on what is filled in', () => {
  const { logits, next_cache: cache } = prefill(start(), 2);
  expect([logits!.length, cache!.length]).toEqual([2 * 64, 2 * 2 * 2 * 4 * 32]);
  expect(logits!.subarray(0, 64)).toEqual(logits!.subarray(64));
  expect(Math.max(...logits!)).toBeLessThan(0);
});

describe('a thread', () => {
  it('that dies while it is waited for is an error after the bound, and ever after', async () => {
    let thread: Worker | undefined;
    process.once('worker', started => {
      thread = started;
    });
    const dying = start({ runMsMax: 300 });
    prefill(dying);
    await nextTurn();
    void thread!.terminate();
    for (const _ of [1, 2]) {
      expect(() => prefill(dying)).toThrow('running target-prefill after 300 ms, or has ended');
    }
  });

  it('that was closed is an error at once', async () => {
    const closed = start();
    await closed.close();
    expect(() => prefill(closed)).toThrow('kernel ort-cpu: it was closed; start again, or run');
  });

  it('that hangs is given up, and no late answer is taken for a later question', () => {
    const slow = start({ runMsMax: 1 });
    const begunMs = performance.now();
    expect(() => prefill(slow, 500)).toThrow(
      'its thread was still running target-prefill after 1 ms, or has ended; start again, or run',
    );
    expect(performance.now() - begunMs).toBeLessThan(5000);
    expect(() => prefill(slow)).toThrow('after 1 ms');
  });

  it('whose runtime fails says what it said', () => {
    const failing = start();
    const run = () =>
      failing.run('target-prefill', { B: 1, C: 10, Q: 4 }, ({ tokens }) => {
        tokens!.fill(64);
      });
    expect(run).toThrow(OutriderError);
    expect(run).toThrow(/running target-prefill: .*Gather/s);
  });

  it('whose graph answers another shape says so', () => {
    const other = start();
    expect(() => other.run('target-prefill', { B: 1, C: 10, Q: 3 }, () => {})).toThrow(
      'next_cache is float32 [2,2,1,4,32], expected is float32 [2,2,1,3,32]',
    );
  });

  it('that cannot load a graph says so', () => {
    const graphs = [{ ...loaded.graphs[0]!, bytes: Uint8Array.of(1, 2, 3) }];
    expect(() => start({ graphs })).toThrow(
      /loading its graphs: .*; start again, or run --kernel/s,
    );
  });
});

it.skipIf(existsSync(CUDA))(
  'ort-cuda names the remedy (needs an onnxruntime-node without its CUDA libraries)',
  () => {
    const target = ortTarget(loaded, { name: 'tiny', kernel: 'ort-cuda', threads: 1 });
    expect(() => target.openSession(createTrie(1))).toThrow(
      /^kernel ort-cuda: loading.*; install its CUDA libraries \(docs\/onnx.md\), or run --kernel/s,
    );
  },
);
