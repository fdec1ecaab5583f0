/**
 * Graphs of one model, run by onnxruntime in a thread of their own. The caller waits: the model
 * port is synchronous, and who may not wait calls it from a thread that may.
 */
import { isMainThread, Worker } from 'node:worker_threads';
import { OutriderError } from '#engine';
import type { CheckedGraph, GraphName } from './load-graphs.ts';
import { dataBytes, type Sizes, type Views, viewsOf } from './port-memory.ts';
import { awaitChange, changeState, STATE, setState } from './request-state.ts';
import { readFailure, TEXT_BYTES_MAX } from './shared-failure.ts';
import { type SharedRequest, shareRequest, WORD, writeSizes } from './shared-request.ts';

/** Kernels that onnxruntime has for us; the name belongs to the identity of every forecast. */
export const ORT_KERNELS = ['ort-cpu', 'ort-cuda'] as const;
export type OrtKernel = (typeof ORT_KERNELS)[number];

export type GraphRuntimeOptions = {
  readonly kernel: OrtKernel;
  readonly graphs: readonly CheckedGraph[];
  /** The most that a run of each graph may ask for. */
  readonly sizesMax: Readonly<Partial<Record<GraphName, Sizes>>>;
  /** Threads of the runtime for one run. */
  readonly threads: number;
  /** Longest wait for a run, milliseconds [RUN_MS_MAX]. */
  readonly runMsMax?: number;
};

export type GraphRuntime = {
  /**
   * Runs a graph: `fill` writes the inputs, in place. The answer's views are valid until the next
   * run. Throws `kernel` where the thread fails, ends or does not answer in time, and ever after.
   */
  run(graph: GraphName, sizes: Sizes, fill: (inputs: Views) => void): Views;
  /** It has failed for good: whoever still wants its graphs starts another one. */
  readonly isLost: boolean;
  /** Ends the thread, once a run that is under way is over. */
  close(): Promise<void>;
};

/** What the thread is given. */
export type GraphThreadData = Pick<GraphRuntimeOptions, 'kernel' | 'graphs' | 'threads'> & {
  request: SharedRequest;
};

/** A runtime that loads its graphs for longer is not coming up. */
const LOAD_MS_MAX = 60_000;
/** A pass takes milliseconds; on a loaded machine a second. */
const RUN_MS_MAX = 10_000;
const REMEDY: Record<OrtKernel, string> = {
  'ort-cpu': 'start again, or run --kernel canonical',
  'ort-cuda': 'install its CUDA libraries (docs/onnx.md), or run --kernel ort-cpu',
};

/** Loads the graphs, and waits for it. */
export function startGraphRuntime(options: GraphRuntimeOptions): GraphRuntime {
  const { kernel, graphs, sizesMax, threads, runMsMax = RUN_MS_MAX } = options;
  const most = graphs.map(graph => dataBytes(graph, sizesMax[graph.name] ?? {}));
  const request = shareRequest(Math.max(TEXT_BYTES_MAX, ...most));
  const { control } = request;
  let lost: OutriderError | undefined;
  const lose = (what: string): OutriderError => {
    lost ??= new OutriderError('kernel', `kernel ${kernel}: ${what}; ${REMEDY[kernel]}`);
    return lost;
  };
  const data: GraphThreadData = { kernel, graphs, threads, request };
  const thread = new Worker(new URL('./graph-thread.ts', import.meta.url), { workerData: data });
  thread.unref();
  thread.once('error', error => lose(`its thread ended: ${error.message}`));
  const ended = new Promise<void>(resolve => {
    thread.once('exit', status => {
      lose(`its thread ended with status ${status}`);
      resolve();
    });
  });

  /** Waits while the thread is in this state; one that died stays in it. */
  const awaitEnd = (state: number, { ms, doing }: { ms: number; doing: string }) => {
    const reached = awaitChange(request, state, ms);
    if (reached === STATE.idle) return;
    if (reached === STATE.failed) throw lose(`${doing}: ${readFailure(request)}`);
    setState(request, STATE.closing);
    endWithout(thread);
    throw lose(`its thread was still ${doing} after ${ms} ms, or has ended`);
  };
  awaitEnd(STATE.starting, { ms: LOAD_MS_MAX, doing: 'loading its graphs' });

  return {
    run(name, sizes, fill) {
      if (lost !== undefined) throw lost;
      const graph = graphs.findIndex(each => each.name === name);
      writeSizes(request, sizes);
      const { inputs, outputs } = viewsOf(graphs[graph]!, sizes, request.data);
      fill(inputs);
      control[WORD.graph] = graph;
      changeState(request, STATE.idle, STATE.asked);
      awaitEnd(STATE.asked, { ms: runMsMax, doing: `running ${name}` });
      return outputs;
    },
    get isLost() {
      return lost !== undefined;
    },
    async close() {
      lose('it was closed');
      if (Atomics.load(control, WORD.state) !== STATE.failed) setState(request, STATE.closing);
      await ended;
    },
  };
}

/**
 * A native call cannot be ended, and Node waits for its threads at the end of the process: while
 * one hangs, the process ends without that wait.
 */
function endWithout(thread: Worker): void {
  if (!isMainThread || thread.threadId < 0) return;
  const end = () => process.kill(process.pid, 'SIGKILL');
  process.once('exit', end);
  thread.once('exit', () => process.off('exit', end));
}
