/** A task made anew from what its stores have logged goes on as if nothing had happened. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { integer, json } from './codecs.ts';
import { type TestDriver, testDriver } from './test-driver.ts';
import { text } from './text-codec.ts';
import { topic } from './topic.ts';
import { topologyBuilder } from './topology-builder.ts';
import { windowed } from './windowed-codec.ts';
import { hopping, session, sliding, tumbling } from './windows.ts';

type Pair = readonly [number | null, number | null];
const pairs = json<Pair>(parsed => parsed as Pair);
const pair = (left?: number, right?: number): Pair => [left ?? null, right ?? null];
const sum = { initial: () => 0, add: (a: number, b: number) => a + b, value: integer };
const merging = { ...sum, merge: (a: number, b: number) => a + b };

const left = topic({
  name: 'left',
  key: text,
  value: integer,
  outOfOrderMs: 5,
  // None turns idle: silence is counted anew after a restart.
  idleAfterMs: 1_000_000,
});
const right = topic({ ...left, name: 'right' });
const rows = topic({ ...left, name: 'rows' });
const sums = topic({ name: 'sums', key: text, value: windowed(integer) });
const joins = topic({ name: 'joins', key: text, value: pairs });
const values = topic({ name: 'values', key: text, value: integer });
const bells = topic({ name: 'bells', key: text, value: text });
const INPUTS = [left, right, rows];
const OUTPUTS = [sums, joins, values, bells];

/** Something of everything that keeps state. */
function everything() {
  const builder = topologyBuilder({ name: 'all', markerEveryMs: 0 });
  const [lefts, rights, table] = [
    builder.stream(left),
    builder.stream(right),
    builder.table(rows),
  ] as const;
  const close = { emit: 'close', latenessMs: 3 } as const;
  const other = lefts.groupBy((value, key) => `${key}${value % 2}`, text);
  other.windowedBy(tumbling(10), close).aggregate(sum).to(sums);
  other.windowedBy(hopping(12, 4)).count().to(sums);
  other.windowedBy(session(6), close).aggregate(merging).to(sums);
  other.windowedBy(sliding(9), close).aggregate(merging).to(sums);
  const options = { within: { beforeMs: 5, afterMs: 8 }, latenessMs: 2 };
  lefts.outerJoin(rights, options, pair).to(joins);
  lefts.leftJoinAsOf(rights, { emit: 'complete' }, pair).to(joins);
  lefts.leftJoinTable(table, pair).to(joins);
  const counts = rights.groupByKey().count();
  counts.join(table, pair, { value: pairs }).to(joins);
  table
    .groupBy(value => `group ${value % 3}`, text)
    .count()
    .to(values);
  rights
    .process({
      states: { last: { value: integer, ttlMs: 15 } },
      output: text,
      onRecord({ value, timeMs }, { states, emit, setTimer, nowMs }) {
        emit(`${value} after ${states.last.get()}`);
        states.last.set(value);
        setTimer('event', timeMs + 7);
        setTimer('clock', nowMs + 40);
      },
      onTimer: ({ kind, timeMs }, { emit, states }) =>
        emit(`${kind} ${timeMs} of ${states.last.get()}`),
    })
    .to(bells);
  return builder.build();
}

const steps = fc.array(
  fc.record({
    input: fc.nat(2),
    key: fc.constantFrom('a', 'b', 'c'),
    value: fc.option(fc.nat(9), { freq: 6 }),
    timeMs: fc.nat(60),
    advanceMs: fc.constantFrom(0, 0, 0, 20, 700),
    isKilled: fc.boolean(),
  }),
  { maxLength: 40 },
);

it('sends the same records with and without kills, whatever it keeps', () => {
  const topology = everything();
  const outputs = (driver: TestDriver) => OUTPUTS.map(output => driver.read(output as never));
  fc.assert(
    fc.property(steps, fc.constantFrom(1, 3), (list, partitions) => {
      const whole = testDriver(topology, { partitions });
      const killed = testDriver(topology, { partitions });
      for (const { input, isKilled, advanceMs, ...record } of list) {
        for (const driver of [whole, killed]) {
          driver.send(INPUTS[input]!, record);
          if (advanceMs > 0) driver.advance(advanceMs);
        }
        if (isKilled) killed.restart();
        expect(outputs(killed)).toEqual(outputs(whole));
      }
      for (const driver of [whole, killed]) {
        for (const input of INPUTS) {
          driver.send(input, { key: 'a', value: 1, timeMs: 500 });
          driver.send(input, { key: 'b', value: 1, timeMs: 500 });
          driver.advance(10);
        }
      }
      expect(outputs(killed)).toEqual(outputs(whole));
      expect(killed.readDeadLetters()).toEqual(whole.readDeadLetters());
    }),
    { numRuns: 100 },
  );
});
