/** The thread of a draft that would have its caller wait: it drafts what it is given, in turn. */
import { parentPort, workerData } from 'node:worker_threads';
import { createSpeculator, type Drafted, type DraftRequest } from '#edge';
import type { DraftThreadData } from './drafter.ts';
import { draftOf } from './models.ts';

const { config, symbols } = workerData as DraftThreadData;
const { seed, branches, trajectories: paths, moves } = config;
const draft = draftOf(config)!;
const speculators = symbols.map(() => createSpeculator(draft, seed, { branches, paths, moves }));

function answer(drafted: Drafted | undefined): void {
  parentPort!.postMessage(drafted);
}

parentPort!.on('message', ({ instrument, context, wantsPresent }: DraftRequest) => {
  const { epoch, moveIndex } = context;
  const about = { instrument, epoch, moveIndex };
  const speculator = speculators[instrument]!;
  speculator.begin(context);
  if (wantsPresent) {
    speculator.draftPresent();
    answer({ kind: 'present', ...about, forecast: speculator.provisional() });
  }
  const found = speculator.branches();
  const hints = speculator.hints();
  answer({ kind: 'branches', ...about, wantsPresent, branches: found, hints });
});
// Sessions are open and the runtime is loaded.
answer(undefined);
