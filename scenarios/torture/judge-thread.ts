/** Judges folders beside the thread that carries the bytes, which must not stand still for it. */
import { parentPort } from 'node:worker_threads';
import { check } from './checker/check.ts';
import { readConnections, readEvidence } from './checker/evidence.ts';
import type { Judged, JudgeRequest } from './judge.ts';
import { writeReplay } from './write-replay.ts';

parentPort!.on('message', ({ id, directory }: JudgeRequest) => {
  parentPort!.postMessage({ id, ...judged(directory) } satisfies Judged);
});

function judged(directory: string): Omit<Judged, 'id'> {
  try {
    const connections = readConnections(directory);
    writeReplay(directory);
    return { verdict: check(readEvidence(directory, connections)) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
