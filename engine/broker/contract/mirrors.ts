/** The contract of a mirror of an embedded log: the topic has the log, whatever is begun anew. */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openLog } from '../../log/open.ts';
import { mirrorLog } from '../log-mirror.ts';
import { readAll } from './polling.ts';
import { makeTopic, type Subject, type Suite, textOf } from './setting.ts';

const PATIENCE = { timeout: 20_000 };

/** A log that is written, and what the topic holds of it. */
async function setting(subject: Subject) {
  const directory = mkdtempSync(join(tmpdir(), 'log-mirror-'));
  const log = openLog({ directory, originNs: 0n });
  let appended = 0;
  const append = (count: number) => {
    for (let each = 0; each < count; each++) log.append(Buffer.from(`record ${appended++}`));
    log.flush();
  };
  const topic = await makeTopic(subject);
  const problems: Error[] = [];
  const name = `mirror-${randomUUID()}`;
  const begin = () =>
    mirrorLog({
      ...{ broker: subject.broker(), directory, name, to: { topic, partition: 0 } },
      timestampMs: () => 1000,
      onProblem: error => problems.push(error),
    });
  const found = async () =>
    (await readAll(subject.broker(), topic)).map(({ value }) => textOf(value));
  const expected = () => Array.from({ length: appended }, (_, at) => `record ${at}`);
  const end = () => {
    log.close();
    rmSync(directory, { recursive: true });
  };
  return { append, begin, found, expected, problems, end };
}

export const mirrors: Suite = {
  'copies what was there and what comes, once and in order, over a new beginning':
    async subject => {
      const { append, begin, found, expected, problems, end } = await setting(subject);
      append(2500);
      const first = begin();
      await expect.poll(() => first.copied, PATIENCE).toBe(2500);
      append(3);
      await first.close();
      append(10);
      const second = begin();
      await second.close();
      expect(second.copied).toBe(2513);
      expect(await found()).toEqual(expected());
      expect(problems).toEqual([]);
      end();
    },

  'is fenced by a younger one of its name, and neither leaves a gap or a double': async subject => {
    const { append, begin, found, expected, end } = await setting(subject);
    append(100);
    const older = begin();
    await expect.poll(() => older.copied, PATIENCE).toBe(100);
    const younger = begin();
    await expect.poll(() => younger.copied, PATIENCE).toBe(100);
    append(100);
    await expect(older.ended).rejects.toMatchObject({ code: 'fenced' });
    await expect.poll(() => younger.copied, PATIENCE).toBe(200);
    await Promise.all([older.close(), younger.close()]);
    expect(await found()).toEqual(expected());
    end();
  },
};
