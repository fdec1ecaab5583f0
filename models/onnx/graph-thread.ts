/** The thread of a runtime: loads checked graphs from their bytes, then runs what it is asked. */
import { workerData } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import type { GraphThreadData } from './graph-runtime.ts';
import type { CheckedGraph } from './load-graphs.ts';
import { shapeOf, viewsOf } from './port-memory.ts';
import { awaitChange, changeState, STATE } from './request-state.ts';
import { sayFailure } from './shared-failure.ts';
import { readSizes, WORD } from './shared-request.ts';

const { kernel, graphs, threads, request } = workerData as GraphThreadData;
const { control, data } = request;

const options: InferenceSession.SessionOptions = {
  executionProviders: [kernel === 'ort-cuda' ? 'cuda' : 'cpu'],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  // Threads that spin between two runs take the cores from everyone else on the machine.
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};

/** Loads all graphs; the runtime itself is loaded here, as it may be missing on a platform. */
async function load() {
  const { env, InferenceSession, Tensor } = await import('onnxruntime-node');
  // What goes wrong comes back as an error.
  env.logLevel = 'fatal';
  const sessions: InferenceSession[] = [];
  for (const { bytes } of graphs) sessions.push(await InferenceSession.create(bytes, options));
  return { sessions, Tensor };
}

type Loaded = Awaited<ReturnType<typeof load>>;

async function run({ sessions, Tensor }: Loaded, at: number): Promise<void> {
  const graph: CheckedGraph = graphs[at]!;
  const sizes = readSizes(request);
  const { inputs, outputs } = viewsOf(graph, sizes, data);
  const feeds = Object.entries(graph.inputs).map(([name, port]) => {
    // A copy: the runtime takes no shared memory.
    return [name, new Tensor(port.type, inputs[name]!.slice() as never, shapeOf(port, sizes))];
  });
  const answer = await sessions[at]!.run(Object.fromEntries(feeds));
  for (const [name, port] of Object.entries(graph.outputs)) {
    const { type, dims, data: values } = answer[name]!;
    const [found, expected] = [`${type} [${dims}]`, `${port.type} [${shapeOf(port, sizes)}]`];
    if (found !== expected) throw new Error(`${name} is ${found}, expected is ${expected}`);
    outputs[name]!.set(values as Int32Array);
  }
}

/** Until it is closed: between runs, for a native call that is under way cannot be ended. */
async function serve(): Promise<void> {
  const loaded = await load();
  if (!changeState(request, STATE.starting, STATE.idle)) return;
  for (;;) {
    if (awaitChange(request, STATE.idle) !== STATE.asked) return;
    await run(loaded, control[WORD.graph]!);
    if (!changeState(request, STATE.asked, STATE.idle)) return;
  }
}

await serve().catch((error: Error) => sayFailure(request, error.message));
