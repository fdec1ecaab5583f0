/** Edges that are killed and that leave: others go on in time, and no tick is lost or doubled. */
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { ByteReader, readLog } from '#engine';
import { kafkaNeeds } from '#engine/testing/kafka';
import { readGatewayRecord } from '#gateway';
import { startEdgeGroup } from './edge-group.ts';
import { judgeTicks, type Seen, type SeenState } from './tick-checker.ts';

const { needs, isMissing } = kafkaNeeds();
const SESSION_MS = 1_500;
/** Of a machine that runs other tests besides; the bench measures, this only bounds. */
const BUSY_MS = 5_000;
const TEST_MS = 300_000;

it.skipIf(isMissing)(
  `goes on after a kill and after a leave, with each tick taken once (needs ${needs})`,
  async () => {
    const group = await startEdgeGroup({
      ...{ nodes: 1, sessionTimeoutMs: SESSION_MS, ticksPerSecond: 300 },
    });
    try {
      await group.settled();
      // All of it is on one machine, whose clock is no other than its own.
      for (const seconds of await group.clocksAhead()) expect(Math.abs(seconds)).toBeLessThan(5);
      const killed = group.busiest();
      const killMs = await group.lose(killed, 'kill');
      expect(killMs).toBeLessThan(SESSION_MS + 1_000 + BUSY_MS);
      await group.bringBack(killed);
      await group.settled();
      const leaves = killed === 'edge-1' ? 'edge-2' : 'edge-1';
      const leaveMs = await group.lose(leaves, 'leave');
      expect(leaveMs).toBeLessThan(1_000 + BUSY_MS);
      await group.finish();
      const { watch } = group;
      expect(group.crashes).toEqual([]);
      expect(judgeTicks(watch)).toEqual([]);
      expect(watch.forecasts.length).toBeGreaterThan(10);
      expectPlantedFound(watch);
      // A kill cancels what the lost edge wished for, an orderly leave nothing.
      const told = gatewayKinds(group.gatewayLog);
      expect(told.get('signal')).toBeGreaterThan(10);
      expect(told.get('instruments-lost')).toBe(1);
      expect(told.get('edge-lost')).toBeUndefined();
    } finally {
      await group.close();
    }
  },
  TEST_MS,
);

/** How many records of each kind the gateway's log has; commands by their own names. */
function gatewayKinds(directory: string): Map<string, number> {
  const kinds = new Map<string, number>();
  for (const { payload } of readLog({ directory })) {
    const reader = new ByteReader();
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    const kind = record.kind === 'command' ? record.command : record.kind;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return kinds;
}

/** The same records with one tick too few, one too many, two in each other's place. */
function expectPlantedFound({ ticks, states }: Seen): void {
  const [symbol, bytes] = [...ticks].reduce((a, b) => (a[1].length > b[1].length ? a : b));
  const middle = Math.floor(bytes.length / 2);
  const planted = [
    bytes.toSpliced(middle, 1),
    bytes.toSpliced(middle, 0, bytes[middle - 1]!),
    bytes.toSpliced(middle, 2, bytes[middle + 1]!, bytes[middle]!),
  ];
  for (const wrong of planted) {
    const problems = judgeTicks({
      ...{ states, forecasts: [] },
      ticks: new Map([...ticks, [symbol, wrong]]),
    });
    expect(problems).toEqual([expect.stringContaining(`${symbol}: not its first`)]);
  }
}

const tick = (number: number) => Uint8Array.of(number, 7, number);
const BYTES = [1, 2, 3, 4].map(tick);

/** What a group would write that took these ticks, a commit each. */
function statesOf(taken: readonly Uint8Array[]): SeenState[] {
  let check = 0;
  return taken.map((bytes, at) => {
    check = crc32(bytes, check);
    return { symbol: 'A', edge: 'one', partition: 0, seenMs: 0, ticks: at + 1, check };
  });
}

it.each([
  ['nothing is wrong', BYTES, []],
  [
    'one was lost',
    [tick(1), tick(3), tick(4)],
    ['A: not its first 2 ticks were taken once, in order'],
  ],
  ['the last was lost', BYTES.slice(0, 3), ['A: 3 of 4 ticks were taken']],
  [
    'one was doubled',
    [1, 2, 2, 3, 4].map(tick),
    ['A: not its first 3 ticks were taken once, in order'],
  ],
  [
    'two came in turn',
    [1, 3, 2, 4].map(tick),
    ['A: not its first 2 ticks were taken once, in order'],
  ],
])('finds where %s', (_, taken, problems) => {
  const ticks = new Map([['A', BYTES]]);
  expect(judgeTicks({ ticks, states: statesOf(taken), forecasts: [] })).toEqual(problems);
});

it('finds a commit that is there twice, a symbol without ticks, a forecast settled twice', () => {
  const states = statesOf(BYTES);
  const ticks = new Map([['A', BYTES]]);
  const again = [...states, states[1]!];
  expect(judgeTicks({ ticks, states: again, forecasts: [] })).toEqual([
    'A: 2 ticks stand behind as many or more',
  ]);
  const other = { ...states[0]!, symbol: 'B' };
  const forecasts = [1, 2, 2].map(move => ({ symbol: 'A', move: `0.${move}` }));
  expect(judgeTicks({ ticks, states: [...states, other], forecasts })).toEqual([
    'B: has a state and no tick',
    'A 0.2: two forecasts were settled',
  ]);
});
