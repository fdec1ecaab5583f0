/** Whole topologies in the test driver: what is built is what runs. */

import { describe, expect, it } from 'vitest';
import { float64, integer } from './codecs.ts';
import { testDriver } from './test-driver.ts';
import { text } from './text-codec.ts';
import { topic } from './topic.ts';
import { topologyBuilder } from './topology-builder.ts';
import { windowed } from './windowed-codec.ts';
import { tumbling } from './windows.ts';

const input = topic({ name: 'input', key: text, value: float64 });
const counts = topic({ name: 'counts', key: text, value: windowed(integer) });

describe('a count by another key in windows', () => {
  const build = (emit: 'update' | 'close') => {
    const builder = topologyBuilder({ name: 'app', markerEveryMs: 0 });
    builder
      .stream(input)
      .groupBy((_, key) => key.toUpperCase(), text)
      .windowedBy(tumbling(1_000), { emit })
      .count()
      .to(counts);
    return builder.build();
  };

  it('counts what two keys become, across the repartition topic', () => {
    const driver = testDriver(build('update'), { partitions: 4 });
    driver.send(input, { key: 'a', value: 1, timeMs: 10 });
    driver.send(input, { key: 'A', value: 1, timeMs: 999 });
    driver.send(input, { key: 'A', value: 1, timeMs: 1_000 });
    const value = (startMs: number, count: number) => {
      return { startMs, endMs: startMs + 1_000, value: count };
    };
    expect(driver.read(counts)).toEqual([
      { key: 'A', value: value(0, 1), timeMs: 10 },
      { key: 'A', value: value(0, 2), timeMs: 999 },
      { key: 'A', value: value(1_000, 1), timeMs: 1_000 },
    ]);
  });

  it.each([2, 16])('closes windows once all of %i partitions are past their end, or silent', n => {
    const driver = testDriver(build('close'), { partitions: n });
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (const timeMs of [500, 2_000]) {
      for (const key of keys) driver.send(input, { key, value: 1, timeMs });
    }
    const early = driver.read(counts);
    driver.advance(5_000);
    const closed = [...early, ...driver.read(counts)];
    expect(early).toHaveLength(n === 2 ? 5 : 0);
    expect(closed.map(({ key, value }) => `${key}${value?.value}`).sort()).toEqual([
      ...['A1', 'B1', 'C1', 'D1', 'E1'],
    ]);
  });
});

it('stops where an aggregate becomes undefined: a store would take it for deleted', () => {
  const builder = topologyBuilder({ name: 'app' });
  const grouped = builder.stream(input).groupByKey();
  const add = (): number => undefined as unknown as number;
  grouped.aggregate({ initial: () => 0, add, value: integer, name: 'sum' });
  const driver = testDriver(builder.build());
  expect(() => driver.send(input, { key: 'a', value: 1, timeMs: 1 })).toThrow('sum: add gave und');
});
