/** A run's way over a broker: under pressure a batch could be left waiting, or come out of turn. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEmbedded } from '#engine/broker';
import { loadReferenceData, referenceInstrument, type Tick } from '#market';
import { gapTicks } from './gap-ticks.ts';
import { openTopicLeg } from './topic-leg.ts';
import { pipelineTopics } from './topics.ts';

const BATCHES = 8;
const BATCH_TICKS = 4096;

it('gives each batch back in turn, though several wait for room at once', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'topic-leg-'));
  const broker = await openEmbedded({ directory });
  await broker.admin.createTopics(pipelineTopics({ prefix: 'leg', partitions: 2, replicas: 1 }));
  const rows = loadReferenceData();
  const instruments = ['SIMA', 'SIMB'].map(
    symbol => referenceInstrument(rows, { symbol, date: '2026-11-27' })!,
  );
  const leg = await openTopicLeg({ broker, prefix: 'leg', originNs: 0n, instruments });
  const tick = (at: number): Tick => ({
    ...{ kind: 'quote', instrument: at % 2, exchangeTimeNs: at },
    ...{ bidIncrements: 1, askIncrements: 2 },
  });
  const published = Array.from({ length: BATCHES }, (_, batch) =>
    leg.publish(
      Array.from({ length: BATCH_TICKS }, (_, at) => tick(batch * BATCH_TICKS + at)),
      batch,
    ),
  );
  // The feed was lost and is back: its epochs begin behind all that was published before.
  published.push(leg.publish(gapTicks(instruments, BATCHES * BATCH_TICKS), BATCHES));
  const delivered: number[] = [];
  const gaps: Tick[] = [];
  const times: number[] = [];
  while (delivered.length < BATCHES + 1) {
    for (const { ticks, injectedNs } of await leg.take()) {
      delivered.push(injectedNs);
      if (injectedNs === BATCHES) gaps.push(...ticks);
      else for (const { exchangeTimeNs } of ticks) times.push(exchangeTimeNs);
    }
  }
  await Promise.all(published);
  expect(delivered).toEqual(Array.from({ length: BATCHES + 1 }, (_, batch) => batch));
  expect(gaps.map(({ kind, instrument }) => [kind, instrument])).toEqual([
    ['gap', 0],
    ['gap', 1],
  ]);
  expect(times.every((time, at) => time === at)).toBe(true);
  expect([times.length, leg.underWay]).toEqual([BATCHES * BATCH_TICKS, 0]);
  await leg.close();
  await broker.close();
  rmSync(directory, { recursive: true });
}, 60_000);
