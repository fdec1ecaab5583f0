/** A draft on onnxruntime, which the tick thread must not wait for, in a thread of its own. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Drafted, Drafter, DraftRequest } from '#edge';
import { loadModel } from '#models';
import type { RunConfig } from '../config.ts';
import type { RunSetting } from './settings.ts';

export type DraftThreadData = { config: RunConfig; symbols: string[] };

export type ThreadedDrafter = Drafter & {
  /** Ends the thread, once what it drafts is done. */
  close(): Promise<void>;
};

export type DrafterPorts = {
  onDrafted(drafted: Drafted): void;
  /** The thread ended: from now on the verifier alone looks ahead. */
  onLost(error: Error): void;
};

/** Whether the draft of a run has its caller wait. */
export const needsDrafter = ({ config, draft }: Pick<RunSetting, 'config' | 'draft'>) =>
  draft !== undefined && config.draftKernel !== 'canonical';

/** The same run on models that nobody waits for: for what only warms its code. */
export function warmingSetting(setting: RunSetting): RunSetting {
  const { config, draft, target } = setting;
  const standIn = () => loadModel('ngram', 'draft');
  return {
    ...setting,
    draft: needsDrafter(setting) ? standIn() : draft,
    target: config.kernel === 'canonical' ? target : standIn(),
  };
}

/** Resolves once the thread has its models. One request is under way, one an instrument waits. */
export async function startDrafter(
  { config, instruments }: RunSetting,
  ports: DrafterPorts,
): Promise<ThreadedDrafter> {
  const symbols = instruments.map(({ symbol }) => symbol);
  const data: DraftThreadData = { config, symbols };
  const thread = new Worker(new URL('./draft-thread.ts', import.meta.url), { workerData: data });
  const waiting = new Map<number, DraftRequest>();
  let [isBusy, isLost] = [false, false];
  let onIdle = () => {};

  const next = () => {
    const [first] = waiting.values();
    isBusy = first !== undefined;
    if (first === undefined) {
      onIdle();
      return;
    }
    waiting.delete(first.instrument);
    thread.postMessage(first);
  };
  const lose = (error: Error) => {
    if (isLost) return;
    isLost = true;
    onIdle();
    ports.onLost(error);
  };
  await ready(thread);
  thread.on('error', lose);
  thread.on('exit', status => lose(new Error(`the draft's thread ended with status ${status}`)));
  thread.on('message', (drafted: Drafted) => {
    if (drafted.kind === 'branches') next();
    ports.onDrafted(drafted);
  });

  return {
    begin({ instrument, context, wantsPresent }) {
      if (isLost) return false;
      const { tokens, codes } = context;
      const kept = { ...context, tokens: tokens.slice(), codes: codes.slice() };
      waiting.set(instrument, { instrument, context: kept, wantsPresent });
      if (!isBusy) next();
      return true;
    },
    async close() {
      waiting.clear();
      const idle = new Promise<void>(resolve => {
        onIdle = resolve;
      });
      if (isBusy && !isLost) await idle;
      isLost = true;
      await thread.terminate();
    },
  };
}

/** Resolves at the thread's first message; rejects where it ends before. */
async function ready(thread: Worker): Promise<void> {
  const gone = new AbortController();
  const { signal } = gone;
  const ended = once(thread, 'exit', { signal }).then(([status]) => {
    throw new Error(`the draft's thread ended with status ${status}`);
  });
  try {
    await Promise.race([once(thread, 'message', { signal }), ended]);
  } finally {
    ended.catch(() => {});
    gone.abort();
  }
}
