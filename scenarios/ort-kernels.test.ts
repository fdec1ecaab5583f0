/** On onnxruntime a run keeps the law: a target's own bytes, and a draft that changes none. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportSchema } from '#bench';
import { lawDigests, loadConfig, type RunSetting, runReferenceOn } from '#cli';
import { loadReferenceData, referenceInstrument } from '#market';
import { type KernelName, loadModel } from '#models';
import { newRunFolder, runCommand } from './command.ts';
import { lockstep, ORIGIN_NS, randomQuotes } from './made-up-lockstep.ts';
import { EURUSD, hasData } from './recordings.ts';

/** Of other sizes than what ships; its speculation drafts 4 moves. */
const folder = join(import.meta.dirname, '../models/testing/tiny-pair');
const MOVES = ['--moves', '4', '--trajectories', '4', '--branches', '8'];
const TINY = ['--model', 'neural', '--model-folder', folder, ...MOVES];

describe('in lockstep over 200 moves', () => {
  const quotes = randomQuotes(230);
  const expected = lawDigests(runReferenceOn(settingOf({}), quotes));

  it('its target gives what the reference gives with it, whatever is packed together', async () => {
    for (const config of [{}, { batch: 1, branches: 2 }]) {
      expect(await lockstep(settingOf({ draft: 'ngram', config }), quotes)).toEqual(expected);
    }
  });

  it('its draft changes no byte, nor does it as the verifier’s copy', async () => {
    expect(await lockstep(settingOf({ draft: 'ort' }), quotes)).toEqual(expected);
    const canonical = settingOf({ kernel: 'canonical', model: 'ngram', draft: 'ort' });
    const digests = lawDigests(runReferenceOn(canonical, quotes));
    expect(await lockstep(canonical, quotes)).toEqual(digests);
    expect(digests.forecasts).not.toBe(expected.forecasts);
  });
});

it('runs in real time beside the tick thread, and its replay is identical', async () => {
  const out = newRunFolder();
  const kernels = ['--kernel', 'ort-cpu', '--draft-kernel', 'ort-cpu'];
  const run = ['run', ...TINY, ...kernels, '--duration', '10s', '--json', '--out', out];
  const { status, stdout } = await runCommand(run);
  expect(status).toBe(0);
  const { forecasts } = reportSchema.parse(JSON.parse(stdout));
  expect(forecasts.provisional).toBeGreaterThan(0);
  expect(forecasts.verified).toBeGreaterThan(0);
  const { stdout: compared } = await runCommand(['replay', out]);
  expect(compared).toMatch(/^identical: \d+ messages/);
});

it.skipIf(!hasData)(
  'runs the pair that ships on recorded ticks (needs OUTRIDER_DATA)',
  async () => {
    const reports = [];
    for (const kernel of ['canonical', 'ort-cpu']) {
      const out = newRunFolder();
      const sizes = ['--trajectories', '4', '--branches', '4', '--duration', '8m'];
      const run = ['run', '--model', 'neural', '--kernel', kernel, '--ticks', EURUSD, ...sizes];
      const { status, stderr } = await runCommand([...run, '--speed', 'max', '--out', out]);
      expect([status, stderr]).toEqual([0, '']);
      expect((await runCommand(['replay', out])).stdout).toMatch(/^identical: \d+ messages/);
      reports.push(reportSchema.parse(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))));
    }
    const [canonical, ort] = reports;
    expect(ort!.forecasts.hits).toBeGreaterThan(20);
    // The law is the same, and so few choices differ that hardly a hit does.
    expect(Math.abs(ort!.forecasts.hits - canonical!.forecasts.hits)).toBeLessThanOrEqual(3);
  },
);

describe('what cannot run says so', () => {
  it.each([
    [
      ['--kernel', 'ort-cpu'],
      'kernel: ort-cpu with model ngram, which has no graphs; give --model',
    ],
    [['--draft-kernel', 'ort-cpu'], 'draftKernel: ort-cpu with draft ngram, which has no graphs'],
    [['--kernel', 'ort'], 'kernel: "ort"'],
    [
      ['--model', 'neural', '--kernel', 'ort-cpu', '--model-folder', 'nowhere'],
      'nowhere/neural.json: no manifest of version 1; docs/onnx.md says what it lists',
    ],
  ])('%s', async (options, complaint) => {
    const { status, stderr } = await runCommand([
      'verifier',
      '--listen',
      '127.0.0.1:0',
      ...options,
    ]);
    expect(status).not.toBe(0);
    expect(stderr).toContain(complaint);
  });
});

type Options = {
  kernel?: KernelName;
  model?: 'ngram' | 'neural';
  draft?: 'ngram' | 'ort' | 'none';
  config?: Record<string, unknown>;
};

function settingOf(options: Options): RunSetting {
  const { kernel = 'ort-cpu', model = 'neural', draft = 'none', config } = options;
  const instruments = ['EURUSD', 'XAUUSD'].map(
    symbol => referenceInstrument(loadReferenceData(), { symbol, date: '2014-05-02' })!,
  );
  const sizes = { branches: 4, trajectories: 3, moves: 3, parentSeconds: 10, slices: 5 };
  const drafts = {
    ngram: () => loadModel('ngram', 'draft'),
    ort: () => loadModel('neural', 'draft', { folder, kernel: 'ort-cpu' }),
    none: () => undefined,
  };
  return {
    config: loadConfig({ lockstep: true, ...sizes, ...config }),
    originNs: ORIGIN_NS,
    instruments,
    target:
      model === 'ngram'
        ? loadModel('ngram', 'target')
        : loadModel('neural', 'target', { folder, kernel }),
    draft: drafts[draft](),
  };
}
