/** A thread that judges what a case has left: see judge-thread.ts. */
import { Worker } from 'node:worker_threads';
import type { Verdict } from './checker/check.ts';

export type JudgeRequest = { id: number; directory: string };
export type Judged = { id: number; verdict?: Verdict; problem?: string };

export type Judge = {
  /** Replays the folder's log and checks it; rejects where it cannot be read. */
  judge(directory: string): Promise<Verdict>;
  close(): Promise<void>;
};

export function openJudge(): Judge {
  const worker = new Worker(new URL('./judge-thread.ts', import.meta.url));
  const waiting = new Map<number, (judged: Judged) => void>();
  let ids = 0;
  worker.on('message', (judged: Judged) => {
    waiting.get(judged.id)?.(judged);
    waiting.delete(judged.id);
  });
  return {
    judge: directory =>
      new Promise((resolve, reject) => {
        const id = ++ids;
        waiting.set(id, ({ verdict, problem }) => {
          if (verdict === undefined) reject(new Error(problem));
          else resolve(verdict);
        });
        worker.postMessage({ id, directory } satisfies JudgeRequest);
      }),
    async close() {
      await worker.terminate();
    },
  };
}
