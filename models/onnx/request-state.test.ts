/** A wait for the other side ends with what it waits for, or its time: nothing else ends it. */
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { awaitChange, STATE, setState } from './request-state.ts';
import { shareRequest, WORD } from './shared-request.ts';

/** Notifies as one does who wrote the state before, then writes it. */
const NOTIFYING = `
  const { workerData: { control, state, idle } } = require('node:worker_threads');
  for (let notices = 0; notices < 20;) notices += Atomics.notify(control, state);
  Atomics.store(control, state, idle);
  Atomics.notify(control, state);`;

it('outlasts notices of earlier states, or a pass would be taken for a lost one', async () => {
  const request = shareRequest(0);
  setState(request, STATE.asked);
  const workerData = { control: request.control, state: WORD.state, idle: STATE.idle };
  const worker = new Worker(NOTIFYING, { eval: true, workerData });
  const ended = new Promise(resolve => worker.once('exit', resolve));
  // Begun while this thread waits, as the worker starts without it.
  expect(awaitChange(request, STATE.asked, 60_000)).toBe(STATE.idle);
  expect(await ended).toBe(0);
});

it('ends after its time', () => {
  const request = shareRequest(0);
  const beginMs = performance.now();
  expect(awaitChange(request, STATE.starting, 30)).toBe(STATE.starting);
  expect(performance.now() - beginMs).toBeGreaterThanOrEqual(30);
});
