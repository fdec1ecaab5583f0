/** Exactly-once on the embedded broker: a run that is killed must not count anything twice. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { seededRandom } from '#engine';
import type { Broker } from '#engine/broker';
import { judgeCounts } from './count-checker.ts';
import { countRecords, openTopics } from './embedded-worker.ts';

const SCRIPT = join(import.meta.dirname, 'embedded-worker.ts');
const RECORDS = 4_000;
const KEYS = 11;
const KILLS = 6;
const WAIT_MS = 120_000;

it('counts each record once though its process is killed again and again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'outrider-embedded-'));
  const random = seededRandom('embedded');
  const settings = JSON.stringify({ directory, records: RECORDS, keys: KEYS });
  try {
    for (let kill = 0; kill < KILLS; kill++) await runFor(settings, 20 + (random.nextU32() % 600));
    await finish(settings);
    const broker = await openTopics(directory);
    expect(await countRecords(broker, 'input')).toBe(RECORDS);
    const records = new Map<string, number>();
    for (let n = 0; n < RECORDS; n++) {
      const key = `key-${(n * 7) % KEYS}`;
      records.set(key, (records.get(key) ?? 0) + 1);
    }
    expect(judgeCounts(records, await outputsOf(broker))).toEqual([]);
    await broker.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

const start = (settings: string) =>
  spawn(process.execPath, [SCRIPT, settings], { stdio: ['ignore', 'pipe', 'inherit'] });

/** Kills it so long after it began, in whatever it is at. */
async function runFor(settings: string, ms: number): Promise<void> {
  const child = start(settings);
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  await new Promise(resolve => setTimeout(resolve, ms));
  child.kill('SIGKILL');
  const [, signal] = (await ended) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

/** Until all is sent and as many are counted, with time for what would be too many. */
async function finish(settings: string): Promise<void> {
  const child = start(settings);
  const ended = once(child, 'close');
  const counted = new Promise<void>(resolve => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('counted')) resolve();
    });
  });
  await Promise.race([counted, new Promise(resolve => setTimeout(resolve, WAIT_MS))]);
  await new Promise(resolve => setTimeout(resolve, 500));
  child.kill('SIGKILL');
  await ended;
}

async function outputsOf(broker: Broker): Promise<Map<string, number[]>> {
  const from = [0, 1, 2].map(partition => ({ topic: 'output', partition, offset: 0 }));
  const reader = await broker.reader({ from, isolation: 'read-committed', pollWaitMs: 200 });
  const counts = new Map<string, number[]>();
  for (let batches = await reader.poll(); batches.length > 0; batches = await reader.poll()) {
    for (const { key, value } of batches.flatMap(({ records }) => records)) {
      const name = Buffer.from(key!).toString();
      counts.set(name, [...(counts.get(name) ?? []), Number(Buffer.from(value!).toString())]);
    }
  }
  await reader.close();
  return counts;
}
