/** Exactly-once on a real Kafka: what a killed worker lost or doubled would be seen here. */
import { describe, expect, it } from 'vitest';
import { kafkaNeeds } from '#engine/testing/kafka';
import { sharedKafka } from '#engine/testing/shared-kafka';
import { judgeCounts } from './count-checker.ts';
import { killOnDisk } from './disk-state.ts';
import { tortureStreams } from './kill-torture.ts';

/** Most of it is the machine's, which has other tests to run. */
const LEAVE_MS_MAX = 20_000;

const { needs, isMissing } = kafkaNeeds();

describe.skipIf(isMissing)(`workers that are killed at any time (needs ${needs})`, () => {
  it('count each record once, whoever took over, with other partitions, too', async () => {
    const { problems, records, failures, partitions, leaveMs, ended } = await tortureStreams({
      ...{ failures: 6, rescales: 1, seed: 1, store: 'memory', addresses: await sharedKafka() },
    });
    expect(problems).toEqual([]);
    expect(ended).toEqual([]);
    expect(records).toBeGreaterThan(1_000);
    expect(partitions).toHaveLength(2);
    expect(failures.killed).toBeGreaterThan(1);
    // An alarm that was left over kept processes of an earlier build for a minute.
    expect(leaveMs.length).toBeGreaterThan(0);
    expect(Math.max(...leaveMs)).toBeLessThan(LEAVE_MS_MAX);
  });

  it('go on with state on disk, on the directory they were killed with or without', async () => {
    const { takeoverOffsets, restartOffsets, problems } = await killOnDisk(await sharedKafka());
    expect(problems).toEqual([]);
    // What the directory had is not read from the changelogs again.
    expect(restartOffsets).toBeGreaterThan(0);
    expect(restartOffsets).toBeLessThan(takeoverOffsets / 2);
  });
});

describe('the checker', () => {
  const records = new Map([
    ['a', 3],
    ['b', 1],
  ]);
  const sound = new Map([
    ['a', [1, 2, 3]],
    ['b', [1]],
  ]);

  it('has nothing to say where every record counts once', () => {
    expect(judgeCounts(records, sound)).toEqual([]);
  });

  it.each([
    ['a lost count', [1, 3], 'a: count 3 stands where 2 belongs'],
    ['a lost last one', [1, 2], 'a: 1 lost'],
    ['a doubled one', [1, 2, 2, 3], 'a: count 2 stands where 3 belongs'],
    ['a record that was counted twice', [1, 2, 3, 4], 'a: 1 too many'],
    ['two in the wrong order', [2, 1, 3], 'a: count 2 stands where 1 belongs'],
    ['nothing at all', [], 'a: 3 lost'],
  ])('finds %s', (_, counts, problem) => {
    expect(judgeCounts(records, new Map([...sound, ['a', counts]]))).toEqual([problem]);
  });

  it('finds what nobody sent', () => {
    expect(judgeCounts(records, new Map([...sound, ['c', [1]]]))).toEqual(['c: was never sent']);
  });
});
