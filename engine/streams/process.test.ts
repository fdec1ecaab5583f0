/** The process function: state of each key, its time to live, and timers of both kinds. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OutriderError } from '../error.ts';
import { integer } from './codecs.ts';
import type { Timer } from './process-functions.ts';
import { testDriver } from './test-driver.ts';
import { randomRecords, watermarks } from './testing/random-records.ts';
import { text } from './text-codec.ts';
import { topic } from './topic.ts';
import { topologyBuilder } from './topology-builder.ts';

const input = topic({ name: 'input', key: text, value: integer });
const output = topic({ name: 'output', key: text, value: text });
const END_MS = 100_000;

it('forgets a state once event time has passed its last change by its time to live', () => {
  fc.assert(
    fc.property(randomRecords(1), fc.constantFrom(1, 10, 50), (records, ttlMs) => {
      const builder = topologyBuilder({ name: 'ttl' });
      builder
        .stream(input)
        .process({
          output: text,
          states: { seen: { value: integer, ttlMs } },
          onRecord({ value }, { states, emit }) {
            emit(`${states.seen.get() ?? 'nothing'} before ${value}`);
            if (value % 7 === 6) states.seen.delete();
            else states.seen.set(value);
          },
        })
        .to(output);
      const driver = testDriver(builder.build());
      const known = watermarks(records, { sides: 1, outOfOrderMs: 0 }, 'before');
      const model = new Map<string, { id: number; timeMs: number }>();
      const expected = records.map(({ key, id, timeMs }, at) => {
        const last = model.get(key);
        const isThere = last !== undefined && last.timeMs + ttlMs > known[at]!;
        if (id % 7 === 6) model.delete(key);
        else model.set(key, { id, timeMs });
        return `${isThere ? last.id : 'nothing'} before ${id}`;
      });
      for (const { key, id, timeMs } of records) driver.send(input, { key, value: id, timeMs });
      expect(driver.read(output).map(({ value }) => value)).toEqual(expected);
      // What waits for its end does so after a restart as well, or it would stay for good.
      driver.restart();
      driver.send(input, { key: 'end', value: 6, timeMs: END_MS });
      expect(driver.stateSize('ttl-process-1-seen')).toBe(0);
    }),
  );
});

it('fires timers of event time by their times, each once, unless they are cancelled', () => {
  fc.assert(
    fc.property(randomRecords(1), records => {
      const builder = topologyBuilder({ name: 'timers' });
      builder
        .stream(input)
        .process({
          output: text,
          states: {},
          onRecord({ value, timeMs }, context) {
            context.setTimer('event', timeMs + 20);
            if (value % 3 === 2) context.cancelTimer('event', timeMs + 20);
          },
          onTimer: ({ key, timeMs }, { emit }) => emit(`${key} at ${timeMs}`),
        })
        .to(output);
      const driver = testDriver(builder.build());
      const model: string[] = [];
      const waiting = new Map<string, { key: string; dueMs: number }>();
      const fire = (watermarkMs: number) => {
        const due = [...waiting.values()]
          .filter(({ dueMs }) => dueMs <= watermarkMs)
          .sort((a, b) => a.dueMs - b.dueMs || (a.key < b.key ? -1 : 1));
        for (const { key, dueMs } of due) {
          model.push(`${key} at ${dueMs}`);
          waiting.delete(`${key} ${dueMs}`);
        }
      };
      const after = watermarks(records, { sides: 1, outOfOrderMs: 0 }, 'after');
      records.forEach(({ key, id, timeMs }, at) => {
        driver.send(input, { key, value: id, timeMs });
        if (id % 3 === 2) waiting.delete(`${key} ${timeMs + 20}`);
        else waiting.set(`${key} ${timeMs + 20}`, { key, dueMs: timeMs + 20 });
        // A timer that is due already fires when event time moves next.
        if (at === 0 || after[at]! > after[at - 1]!) fire(after[at]!);
      });
      driver.send(input, { key: 'end', value: 2, timeMs: END_MS });
      fire(END_MS);
      const rung = driver.read(output);
      expect(rung.map(({ value }) => value)).toEqual(model);
      for (const { key, value, timeMs } of rung) expect(value).toBe(`${key} at ${timeMs}`);
    }),
  );
});

it('fires timers of the clock when it has come to them, and never early', () => {
  const fired: [Timer<string>, number][] = [];
  const builder = topologyBuilder({ name: 'clock' });
  builder
    .stream(input)
    .process({
      output: text,
      states: {},
      onRecord({ value }, context) {
        context.setTimer('clock', context.nowMs + value);
        context.setTimer('clock', context.nowMs + value);
      },
      onTimer(timer, context) {
        fired.push([timer, context.nowMs]);
        context.emit('rung');
      },
    })
    .to(output);
  const driver = testDriver(builder.build(), { startMs: 1_000 });
  driver.send(input, { key: 'a', value: 50, timeMs: 7 });
  driver.send(input, { key: 'b', value: 30, timeMs: 8 });
  driver.advance(29);
  expect(fired).toEqual([]);
  driver.advance(1_000);
  expect(fired).toEqual([
    [{ key: 'b', timeMs: 1_030, kind: 'clock' }, 1_030],
    [{ key: 'a', timeMs: 1_050, kind: 'clock' }, 1_050],
  ]);
  expect(driver.read(output)).toEqual([
    { key: 'b', value: 'rung', timeMs: 8 },
    { key: 'a', value: 'rung', timeMs: 8 },
  ]);
});

it('goes on with the key at hand though what it did at another key failed', () => {
  const builder = topologyBuilder({ name: 'at' });
  builder
    .stream(input)
    .process({
      output: text,
      states: {},
      onRecord({ key, timeMs }, context) {
        const fails = () => {
          throw new Error('refused there');
        };
        expect(() => context.at('other', timeMs, fails)).toThrow('refused there');
        context.emit(`of ${key}`);
      },
    })
    .to(output);
  const driver = testDriver(builder.build());
  driver.send(input, { key: 'a', value: 1, timeMs: 7 });
  expect(driver.read(output)).toEqual([{ key: 'a', value: 'of a', timeMs: 7 }]);
});

it('makes a timer that is refused a dead letter with its key, so that it is found', () => {
  const builder = topologyBuilder({ name: 'refused' });
  builder
    .stream(input)
    .process({
      output: text,
      ...{ name: 'bell', states: {} },
      onRecord: ({ timeMs }, context) => context.setTimer('event', timeMs + 10),
      onTimer() {
        throw new OutriderError('bad-data', 'no bell');
      },
    })
    .to(output);
  const driver = testDriver(builder.build());
  driver.send(input, { key: 'a', value: 1, timeMs: 5 });
  driver.send(input, { key: 'b', value: 1, timeMs: 15 });
  const [letter] = driver.readDeadLetters();
  expect([text.decode(letter!.key!), letter!.value]).toEqual(['a', null]);
  expect(letter!.about).toEqual({ reason: 'no bell', node: 'bell', partition: '0' });
});

it('has its say before each commit, and nothing in memory after a restart but its states', () => {
  const builder = topologyBuilder({ name: 'says' });
  builder
    .stream(input)
    .process({
      output: text,
      states: { sum: { value: integer } },
      open: partition => {
        const sums = new Map<string, number>();
        return {
          onRecord({ key, value }, { states }) {
            sums.set(key, (sums.get(key) ?? states.sum.get() ?? 0) + value);
          },
          beforeCommit(context) {
            for (const [key, sum] of sums) {
              context.at(key, 7, () => {
                if (context.states.sum.get() === sum) return;
                context.states.sum.set(sum);
                context.emit(`${key} ${sum} of ${partition}, ${sums.size} in memory`);
              });
            }
          },
        };
      },
    })
    .to(output);
  const driver = testDriver(builder.build());
  driver.send(input, { key: 'a', value: 3, timeMs: 1 });
  driver.send(input, { key: 'b', value: 4, timeMs: 1 });
  driver.restart();
  driver.send(input, { key: 'a', value: 5, timeMs: 2 });
  expect(driver.read(output).map(({ key, value, timeMs }) => [key, value, timeMs])).toEqual([
    ['a', 'a 3 of 0, 1 in memory', 7],
    ['b', 'b 4 of 0, 2 in memory', 7],
    ['a', 'a 8 of 0, 1 in memory', 7],
  ]);
});
