/** The draft's thread drafts what it is given, of each instrument the latest, and says its end. */
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { createSpeculator, type Drafted } from '#edge';
import { appendMove, type Context, createContext } from '#law';
import { loadReferenceData, referenceInstrument } from '#market';
import { loadConfig } from '../config.ts';
import { needsDrafter, startDrafter, type ThreadedDrafter } from './drafter.ts';
import { modelsOf } from './models.ts';
import type { RunSetting } from './settings.ts';

const setting = settingOf({});
const { seed, branches, trajectories: paths, moves } = setting.config;
let drafter: ThreadedDrafter | undefined;
afterEach(() => drafter?.close());

it('drafts in its thread what the same draft drafts here', async () => {
  const { until, drafted } = await start();
  const context = contextAfter(3);
  expect(drafter!.begin({ instrument: 1, context, wantsPresent: true })).toBe(true);
  // What the market does next is another context.
  appendMove(context, 5);
  await until(() => drafted.length === 2);
  const expected = createSpeculator(setting.draft!, seed, { branches, paths, moves });
  expected.begin(contextAfter(3));
  expected.draftPresent();
  const { epoch, moveIndex } = contextAfter(3);
  const about = { instrument: 1, epoch, moveIndex };
  expect(drafted).toEqual([
    { kind: 'present', ...about, forecast: expected.provisional() },
    {
      ...{ kind: 'branches', ...about, wantsPresent: true },
      ...{ branches: expected.branches(), hints: expected.hints() },
    },
  ]);
});

it('keeps one request an instrument waiting, the latest', async () => {
  const { until, drafted } = await start();
  for (let at = 0; at < 50; at++) {
    for (const instrument of [0, 1]) {
      drafter!.begin({ instrument, context: contextAfter(at), wantsPresent: false });
    }
  }
  const last = contextAfter(49).moveIndex;
  await until(() => drafted.filter(({ moveIndex }) => moveIndex === last).length === 2);
  // The first was under way before the others came; these have their turns as they began to wait.
  expect(drafted.map(({ instrument }) => instrument)).toEqual([0, 1, 0]);
});

it('says that its thread ended, and drafts no more', async () => {
  let thread: Worker | undefined;
  process.once('worker', started => {
    thread = started;
  });
  const { until, lost } = await start();
  await thread!.terminate();
  await until(() => lost.length > 0);
  expect(lost).toEqual(["the draft's thread ended with status 1"]);
  const request = { instrument: 0, context: contextAfter(1), wantsPresent: true };
  expect(drafter!.begin(request)).toBe(false);
});

it('does not start on a draft that cannot be loaded', async () => {
  const config = { ...setting.config, modelFolder: join(import.meta.dirname, 'nowhere') };
  const ports = { onDrafted() {}, onLost() {} };
  await expect(startDrafter({ ...setting, config }, ports)).rejects.toThrow('no manifest');
});

it('is there for drafts on onnxruntime alone', () => {
  expect(needsDrafter(setting)).toBe(false);
  const config = loadConfig({ model: 'neural', draftKernel: 'ort-cpu' });
  expect(needsDrafter({ config, draft: setting.draft })).toBe(true);
  expect(needsDrafter({ config, draft: undefined })).toBe(false);
});

async function start() {
  const drafted: Drafted[] = [];
  const lost: string[] = [];
  drafter = await startDrafter(setting, {
    onDrafted: each => drafted.push(each),
    onLost: ({ message }) => lost.push(message),
  });
  const until = async (isThere: () => boolean) => {
    const endMs = Date.now() + 10_000;
    while (!isThere()) {
      if (Date.now() > endMs) throw new Error('did not come about in 10 s');
      await new Promise(resolve => setTimeout(resolve, 2));
    }
  };
  return { until, drafted, lost };
}

function contextAfter(more: number): Context {
  const context = createContext('EURUSD', setting.target.contextMoves);
  for (let at = 0; at < setting.target.contextMoves + more; at++) appendMove(context, (at % 3) - 4);
  return context;
}

/** Of n-grams: the thread is the same whatever draft is in it. */
function settingOf(options: Record<string, unknown>): RunSetting {
  const config = loadConfig({ moves: 3, trajectories: 2, branches: 3, ...options });
  const instruments = ['EURUSD', 'XAUUSD'].map(
    symbol => referenceInstrument(loadReferenceData(), { symbol, date: '2014-05-02' })!,
  );
  return { config, originNs: 0n, instruments, ...modelsOf(config) };
}
