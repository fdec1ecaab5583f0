/** Joins of streams and tables against plain lists: pairs too few, too many or of a wrong time. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integer, json } from './codecs.ts';
import { testDriver } from './test-driver.ts';
import {
  type Given,
  inTime,
  randomRecords,
  sortedTexts,
  watermarks,
} from './testing/random-records.ts';
import { text } from './text-codec.ts';
import { topic } from './topic.ts';
import { topologyBuilder } from './topology-builder.ts';

type Pair = readonly [left: number | null, right: number | null];

const pairs = json<Pair>(parsed => parsed as Pair);
const results = topic({ name: 'results', key: text, value: pairs });
const lateIds = topic({ name: 'late', key: text, value: integer });
const pair = (left?: number, right?: number): Pair => [left ?? null, right ?? null];
const END_MS = 100_000;
const source = (name: string, outOfOrderMs = 0) =>
  topic({ name, key: text, value: integer, outOfOrderMs });

describe('streams', () => {
  const choices = fc.record({
    outOfOrderMs: fc.constantFrom(0, 10),
    latenessMs: fc.constantFrom(0, 5, 30),
    beforeMs: fc.constantFrom(0, 3, 20),
    afterMs: fc.constantFrom(0, 4, 20),
    kind: fc.constantFrom('join', 'leftJoin', 'outerJoin'),
  });
  type Choice = typeof choices extends fc.Arbitrary<infer Each> ? Each : never;

  function run(records: readonly Given[], choice: Choice) {
    const { kind, latenessMs, beforeMs, afterMs, outOfOrderMs } = choice;
    const inputs = [source('left', outOfOrderMs), source('right', outOfOrderMs)] as const;
    const builder = topologyBuilder({ name: 'joins' });
    const options = { within: { beforeMs, afterMs }, latenessMs };
    const [left, right] = [builder.stream(inputs[0]), builder.stream(inputs[1])];
    const joined =
      kind === 'join'
        ? left.join(right, options, pair)
        : kind === 'leftJoin'
          ? left.leftJoin(right, options, pair)
          : left.outerJoin(right, options, pair);
    joined.to(results);
    joined.late.to(lateIds);
    const driver = testDriver(builder.build());
    for (const { side, key, id, timeMs } of records) {
      driver.send(inputs[side]!, { key, value: id, timeMs });
    }
    for (const input of inputs) driver.send(input, { key: input.name, value: -1, timeMs: END_MS });
    return { sent: driver.read(results), late: driver.read(lateIds).map(({ value }) => value) };
  }

  function model(taken: readonly Given[], { kind, beforeMs, afterMs }: Choice) {
    const lefts = taken.filter(({ side }) => side === 0);
    const rights = taken.filter(({ side }) => side === 1);
    const isPair = (left: Given, right: Given) =>
      left.key === right.key &&
      right.timeMs >= left.timeMs - beforeMs &&
      right.timeMs <= left.timeMs + afterMs;
    const found = lefts.flatMap(left =>
      rights
        .filter(right => isPair(left, right))
        .map(right => {
          const timeMs = Math.max(left.timeMs, right.timeMs);
          return { key: left.key, value: pair(left.id, right.id), timeMs };
        }),
    );
    const aloneLeft = lefts
      .filter(left => !rights.some(right => isPair(left, right)))
      .map(({ key, id, timeMs }) => ({ key, value: pair(id), timeMs }));
    const aloneRight = rights
      .filter(right => !lefts.some(left => isPair(left, right)))
      .map(({ key, id, timeMs }) => ({ key, value: pair(undefined, id), timeMs }));
    if (kind === 'join') return found;
    return kind === 'leftJoin' ? [...found, ...aloneLeft] : [...found, ...aloneLeft, ...aloneRight];
  }

  it('meet themselves where one is joined with itself, each record once', () => {
    const input = source('input');
    const builder = topologyBuilder({ name: 'self' });
    const stream = builder.stream(input);
    stream.join(stream, { within: { beforeMs: 5, afterMs: 0 } }, pair).to(results);
    const driver = testDriver(builder.build());
    driver.send(input, { key: 'a', value: 1, timeMs: 0 });
    driver.send(input, { key: 'a', value: 2, timeMs: 5 });
    expect(sortedTexts(driver.read(results).map(({ value }) => value))).toEqual(
      sortedTexts([pair(1, 1), pair(2, 1), pair(2, 2)]),
    );
  });

  it('meet in all pairs that are near enough, and alone where there is none', () => {
    fc.assert(
      fc.property(randomRecords(2), choices, (records, choice) => {
        const sources = { sides: 2, outOfOrderMs: choice.outOfOrderMs };
        const taken = inTime(records, sources, choice.latenessMs);
        const { sent, late } = run(records, choice);
        expect(sortedTexts(sent)).toEqual(sortedTexts(model(taken, choice)));
        const lateModel = records.filter(each => !taken.includes(each)).map(({ id }) => id);
        expect(late).toEqual(lateModel);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a stream as of its times', () => {
  const choices = fc.record({
    outOfOrderMs: fc.constantFrom(0, 10),
    latenessMs: fc.constantFrom(0, 5, 30),
    withinMs: fc.constantFrom(10, 40, Number.POSITIVE_INFINITY),
    emit: fc.constantFrom('complete' as const, 'arrival' as const),
    sameTime: fc.constantFrom('known' as const, 'unknown' as const),
    isLeft: fc.boolean(),
  });
  type Choice = typeof choices extends fc.Arbitrary<infer Each> ? Each : never;

  function run(records: readonly Given[], choice: Choice) {
    const { isLeft, outOfOrderMs, ...options } = choice;
    const inputs = [source('left', outOfOrderMs), source('right', outOfOrderMs)] as const;
    const builder = topologyBuilder({ name: 'as-of' });
    const [stream, versions] = [builder.stream(inputs[0]), builder.stream(inputs[1])];
    const joined = isLeft
      ? stream.leftJoinAsOf(versions, options, pair)
      : stream.joinAsOf(versions, options, pair);
    joined.to(results);
    joined.late.to(lateIds);
    const driver = testDriver(builder.build());
    for (const { side, key, id, timeMs } of records) {
      driver.send(inputs[side]!, { key, value: id, timeMs });
    }
    for (const input of inputs) driver.send(input, { key: input.name, value: -1, timeMs: END_MS });
    return {
      sent: driver.read(results).filter(({ key }) => key.length === 1),
      late: driver.read(lateIds).map(({ value }) => value),
    };
  }

  /** The latest version there is at the join: of its time or before, the last to come. */
  function model(records: readonly Given[], choice: Choice) {
    const { latenessMs, emit, sameTime, withinMs, isLeft, outOfOrderMs } = choice;
    const after = watermarks(records, { sides: 2, outOfOrderMs }, 'after');
    const taken = inTime(records, { sides: 2, outOfOrderMs }, latenessMs);
    return taken
      .filter(({ side }) => side === 0)
      .flatMap(({ key, id, timeMs }) => {
        const joinedAt =
          emit === 'arrival'
            ? id
            : after.findIndex((reached, at) => at >= id && reached > timeMs + latenessMs);
        const seen = joinedAt < 0 ? records : records.slice(0, joinedAt + 1);
        const known = seen
          .filter(each => each.side === 1 && each.key === key)
          .filter(each => each.timeMs >= timeMs - withinMs)
          .filter(each => (sameTime === 'known' ? each.timeMs <= timeMs : each.timeMs < timeMs))
          .sort((a, b) => a.timeMs - b.timeMs || a.id - b.id)
          .at(-1);
        if (known === undefined && !isLeft) return [];
        return [{ key, value: pair(id, known?.id), timeMs }];
      });
  }

  it('meets the latest version known then, ties and stragglers as stated', () => {
    fc.assert(
      fc.property(randomRecords(2), choices, (records, choice) => {
        const { sent, late } = run(records, choice);
        expect(sortedTexts(sent)).toEqual(sortedTexts(model(records, choice)));
        const taken = inTime(records, { sides: 2, ...choice }, choice.latenessMs);
        const lateRecords = records.filter(each => each.side === 0 && !taken.includes(each));
        expect(late).toEqual(lateRecords.map(({ id }) => id));
      }),
      { numRuns: 400 },
    );
  });
});

describe('tables', () => {
  /** One in four deletes. */
  const changes = randomRecords(2).map(list =>
    list.map(each => ({ ...each, isGone: each.timeMs % 4 === 0 })),
  );
  const kinds = fc.constantFrom('join', 'leftJoin', 'outerJoin');

  it('join to what their latest rows give, change by change', () => {
    fc.assert(
      fc.property(changes, kinds, (list, kind) => {
        const inputs = [source('left'), source('right')] as const;
        const builder = topologyBuilder({ name: 'tables' });
        const [left, right] = [builder.table(inputs[0]), builder.table(inputs[1])];
        const options = { value: pairs };
        const joined =
          kind === 'join'
            ? left.join(right, pair, options)
            : kind === 'leftJoin'
              ? left.leftJoin(right, pair, options)
              : left.outerJoin(right, pair, options);
        joined.to(results);
        const driver = testDriver(builder.build());
        const rows = [new Map<string, number>(), new Map<string, number>()];
        for (const { side, key, id, timeMs, isGone } of list) {
          const before = joinedRow(kind, rows, key);
          const changesNothing = isGone && !rows[side]!.has(key);
          driver.send(inputs[side]!, { key, value: isGone ? null : id, timeMs });
          if (isGone) rows[side]!.delete(key);
          else rows[side]!.set(key, id);
          const value = joinedRow(kind, rows, key);
          const isAbsent = before === null && value === null;
          const expected = changesNothing || isAbsent ? [] : [{ key, value, timeMs }];
          expect(driver.read(results)).toEqual(expected);
        }
      }),
      { numRuns: 200 },
    );
  });

  function joinedRow(kind: string, [left, right]: Map<string, number>[], key: string) {
    const [own, other] = [left!.get(key), right!.get(key)];
    if (own === undefined && other === undefined) return null;
    if (own === undefined && kind !== 'outerJoin') return null;
    if (other === undefined && kind === 'join') return null;
    return pair(own, other);
  }

  it('give streams the row that stands when a record comes', () => {
    fc.assert(
      fc.property(changes, fc.boolean(), (list, isLeft) => {
        const inputs = [source('stream'), source('rows')] as const;
        const builder = topologyBuilder({ name: 'look-up' });
        const table = builder
          .table(inputs[1])
          .filter(value => value % 5 !== 0)
          .mapValues(value => value * 10);
        const stream = builder.stream(inputs[0]);
        const joined = isLeft ? stream.leftJoinTable(table, pair) : stream.joinTable(table, pair);
        joined.to(results);
        const driver = testDriver(builder.build());
        const rows = new Map<string, number>();
        const expected: unknown[] = [];
        for (const { side, key, id, timeMs, isGone } of list) {
          driver.send(inputs[side]!, { key, value: side === 1 && isGone ? null : id, timeMs });
          const row = rows.get(key);
          if (side === 1) {
            if (isGone || id % 5 === 0) rows.delete(key);
            else rows.set(key, id * 10);
          } else if (row !== undefined || isLeft) {
            expected.push({ key, value: pair(id, row), timeMs });
          }
        }
        expect(driver.read(results)).toEqual(expected);
      }),
    );
  });

  it('count and sum the rows of their groups, of which each is in one', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 4 }), (list, partitions) => {
        const input = source('rows');
        const sums = topic({ name: 'sums', key: integer, value: pairs });
        const builder = topologyBuilder({ name: 'groups' });
        builder
          .table(input)
          .groupBy(value => value % 3, integer)
          .aggregate({
            initial: (): Pair => [0, 0],
            add: ([count, sum], value) => pair(count! + 1, sum! + value),
            subtract: ([count, sum], value) => pair(count! - 1, sum! - value),
            value: pairs,
          })
          .to(sums);
        const driver = testDriver(builder.build(), { partitions });
        const rows = new Map<string, number>();
        const seen = new Map<number, Pair>();
        for (const { key, id, timeMs, isGone } of list) {
          driver.send(input, { key, value: isGone ? null : id, timeMs });
          if (isGone) rows.delete(key);
          else rows.set(key, id);
          for (const sent of driver.read(sums)) seen.set(sent.key, sent.value!);
          for (const [group, sum] of seen) {
            const own = [...rows.values()].filter(value => value % 3 === group);
            expect(sum).toEqual([own.length, own.reduce((total, value) => total + value, 0)]);
          }
        }
      }),
    );
  });
});
