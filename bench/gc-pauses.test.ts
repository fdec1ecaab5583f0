/** Pauses of the collector are counted, by kind and by length. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { recordGc } from './gc-pauses.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

it('counts what happened from its start to its end, or reports would miss pauses', async () => {
  collect();
  await nextTurn();
  const recorder = recordGc();
  collect();
  collect({ type: 'minor' });
  await nextTurn();
  const pauses = recorder.close();
  collect();
  await nextTurn();
  expect(recorder.read()).toEqual(pauses);
  expect(pauses.major).toBeGreaterThanOrEqual(1);
  expect(pauses.minor).toBeGreaterThanOrEqual(1);
  expect(pauses.count).toBe(pauses.minor + pauses.major);
  expect(pauses.maxNs).toBeGreaterThan(0);
  expect(pauses.totalNs).toBeGreaterThan(pauses.maxNs);
});
