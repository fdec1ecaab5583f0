/** What stands after a restart: without these tests a sweep or a crash could lose records. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAll } from '../contract/polling.ts';
import { record, textOf } from '../contract/setting.ts';
import type { Broker } from '../port.ts';
import { openEmbedded } from './open.ts';

const COMPACTED = { 'cleanup.policy': 'compact', 'delete.retention.ms': '1000' };

describe('an embedded broker that is opened again', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'outrider-broker-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const create = async (broker: Broker, config: Record<string, string> = {}) =>
    broker.admin.createTopics([{ topic: 't', partitions: 2, replicas: 1, config }]);
  const valuesOf = async (broker: Broker) =>
    (await readAll(broker, 't', 2)).map(({ offset, value }) => `${offset} ${textOf(value)}`);
  const generations = () => readdirSync(directory).filter(name => /^\d+$/.test(name));

  it('has its topics, records and offsets, and goes on behind them', async () => {
    const nobody = { groupId: 'g', memberId: '', generation: -1 };
    const before = await openEmbedded({ directory });
    await create(before);
    const producer = await before.producer({ transactionalId: 'id' });
    const transaction = await producer.begin();
    await transaction.send([
      record('t', { value: 'a' }),
      record('t', { partition: 1, value: 'b' }),
    ]);
    const offsets = [{ topic: 't', partition: 0, offset: 1, metadata: 'm' }];
    await transaction.addOffsets(nobody, offsets);
    await transaction.commit();
    await before.close();
    const after = await openEmbedded({ directory });
    expect(await valuesOf(after)).toEqual(['0 a', '0 b']);
    expect(await after.admin.committed('g', offsets)).toEqual(offsets);
    const plain = await after.producer({});
    await plain.send([record('t', { value: 'c' })]);
    expect(await valuesOf(after)).toEqual(['0 a', '1 c', '0 b']);
    await after.close();
  });

  it('does not read a topic that was deleted, nor mix it with one of the same name', async () => {
    const before = await openEmbedded({ directory });
    await create(before);
    await (await before.producer({})).send([record('t', { value: 'old' })]);
    await before.admin.setCommitted('g', [{ topic: 't', partition: 0, offset: 1 }]);
    await before.admin.deleteTopics(['t']);
    await create(before);
    await (await before.producer({})).send([record('t', { value: 'new' })]);
    await before.close();
    const after = await openEmbedded({ directory });
    expect(await valuesOf(after)).toEqual(['0 new']);
    expect(await after.admin.committed('g', [{ topic: 't', partition: 0 }])).toEqual([]);
    await after.close();
  });

  it('is refused while it is open', async () => {
    const broker = await openEmbedded({ directory });
    await expect(openEmbedded({ directory })).rejects.toMatchObject({ code: 'bad-config' });
    await broker.close();
    await (await openEmbedded({ directory })).close();
  });

  it('removes what a sweep left that did not come to its end', async () => {
    const before = await openEmbedded({ directory });
    await create(before);
    await (await before.producer({})).send([record('t', { value: 'kept' })]);
    await before.close();
    mkdirSync(join(directory, '1'));
    writeFileSync(join(directory, '1', 'half'), 'half');
    const after = await openEmbedded({ directory });
    expect(generations()).toEqual(['0']);
    expect(await valuesOf(after)).toEqual(['0 kept']);
    await after.close();
  });

  it('has the latest of each key after sweeps, which drop tombstones in the end', async () => {
    let nowMs = 1_000_000;
    const broker = await openEmbedded({ directory, sweepBytes: 2000, now: () => nowMs });
    await create(broker, COMPACTED);
    const producer = await broker.producer({});
    await producer.send([record('t', { key: 'gone', value: 'x' })]);
    await producer.send([record('t', { key: 'gone', value: null })]);
    const fill = async () => {
      for (let count = 0; count < 100; count++) {
        const key = String(count % 7);
        await producer.send([record('t', { key, value: `${count} ${nowMs}` })]);
      }
    };
    await fill();
    await expect.poll(generations).not.toEqual(['0']);
    const keys = async () => (await readAll(broker, 't', 2)).map(({ key }) => textOf(key));
    expect(await keys()).toContain('gone');
    nowMs += 10_000;
    await fill();
    const refilled = async () => {
      await fill();
      return keys();
    };
    await expect.poll(refilled, { timeout: 30_000 }).not.toContain('gone');
    await broker.close();
    const after = await openEmbedded({ directory });
    const latest = new Map(
      (await readAll(after, 't', 2)).map(({ key, value }) => [textOf(key), textOf(value)]),
    );
    const last = [98, 99, 93, 94, 95, 96, 97];
    expect([...latest].sort()).toEqual(last.map((count, key) => [`${key}`, `${count} ${nowMs}`]));
    await after.close();
  });

  it('drops records past their retention, and says which offsets are kept', async () => {
    let nowMs = 1_000_000;
    const broker = await openEmbedded({ directory, sweepBytes: 1000, now: () => nowMs });
    await create(broker, { 'retention.ms': '5000' });
    const producer = await broker.producer({});
    await producer.send([record('t', { value: 'old', timestampMs: nowMs })]);
    nowMs += 10_000;
    const refill = async () => {
      await producer.send([record('t', { value: Buffer.alloc(400), timestampMs: nowMs })]);
      const [bounds] = await broker.admin.bounds([{ topic: 't', partition: 0 }], 'read-committed');
      return bounds!.first;
    };
    await expect.poll(refill, { timeout: 30_000 }).toBe(1);
    const from = [{ topic: 't', partition: 0, offset: 0 }];
    const reader = await broker.reader({ isolation: 'read-committed', from });
    await expect(reader.poll()).rejects.toThrow(/t-0 at offset 0: no such offset; 1 to /);
    await broker.close();
  });
});
