/** Event time: the slowest source holds it, silence lets go, and results do not come too late. */

import { describe, expect, it } from 'vitest';
import { integer } from './codecs.ts';
import { testDriver } from './test-driver.ts';
import { text } from './text-codec.ts';
import { topic } from './topic.ts';
import { topologyBuilder } from './topology-builder.ts';
import { windowed } from './windowed-codec.ts';
import { tumbling } from './windows.ts';

const left = topic({ name: 'left', key: text, value: integer, idleAfterMs: 1_000 });
const right = topic({ ...left, name: 'right' });
const output = topic({ name: 'output', key: text, value: windowed(integer) });

function merged() {
  const builder = topologyBuilder({ name: 'app' });
  const late = builder
    .stream(left)
    .merge(builder.stream(right))
    .groupByKey()
    .windowedBy(tumbling(10), { emit: 'close' })
    .count();
  late.to(output);
  return testDriver(builder.build());
}

const send = (driver: ReturnType<typeof merged>, source: typeof left, timeMs: number) =>
  driver.send(source, { key: 'a', value: 1, timeMs });

describe('a source', () => {
  it('holds event time back until it has come as far, so that none of its records is late', () => {
    const driver = merged();
    send(driver, left, 100);
    expect(driver.watermarkMs()).toBe(Number.NEGATIVE_INFINITY);
    send(driver, right, 5);
    expect(driver.watermarkMs()).toBe(5);
    send(driver, right, 50);
    expect([driver.watermarkMs(), driver.read(output).length]).toEqual([50, 1]);
  });

  it('that is silent for its time no longer does, and does again once it speaks', () => {
    const driver = merged();
    send(driver, left, 100);
    driver.advance(999);
    send(driver, left, 120);
    expect(driver.watermarkMs()).toBe(Number.NEGATIVE_INFINITY);
    driver.advance(1);
    expect(driver.watermarkMs()).toBe(120);
    send(driver, right, 130);
    send(driver, left, 200);
    expect(driver.watermarkMs()).toBe(130);
  });

  it('that speaks again after its silence is as far as it was, however old what it says is', () => {
    const driver = merged();
    send(driver, right, 100);
    send(driver, left, 90);
    driver.advance(999);
    send(driver, left, 91);
    driver.advance(1);
    send(driver, right, 20);
    send(driver, left, 98);
    expect(driver.watermarkMs()).toBe(98);
  });

  it('that was idle stays so after a restart, or windows would wait for it anew', () => {
    const driver = merged();
    send(driver, left, 100);
    driver.advance(500);
    send(driver, left, 110);
    driver.advance(500);
    driver.restart();
    send(driver, left, 130);
    expect(driver.watermarkMs()).toBe(130);
    expect(driver.read(output)).toHaveLength(2);
  });
});

describe('a restart', () => {
  it('does not open a window again that was closed, though every source was idle', () => {
    const driver = merged();
    send(driver, left, 100);
    send(driver, right, 100);
    driver.advance(1_000);
    driver.restart();
    // Ten windows behind what was reached.
    send(driver, left, 5);
    send(driver, left, 200);
    send(driver, right, 200);
    expect(driver.read(output).map(({ value }) => value!.startMs)).toEqual([100]);
  });

  it('does not take event time back to a source that was idle when it moved', () => {
    const driver = merged();
    send(driver, right, 20);
    driver.advance(999);
    send(driver, left, 100);
    driver.advance(1);
    send(driver, right, 30);
    expect(driver.watermarkMs()).toBe(100);
    driver.restart();
    expect(driver.watermarkMs()).toBe(100);
  });
});

it('lets results of windows into windows behind them: event time there is that far behind', () => {
  const sums = topic({ name: 'sums', key: text, value: windowed(integer) });
  const builder = topologyBuilder({ name: 'app', markerEveryMs: 0 });
  const tens = builder
    .stream(left)
    .groupByKey()
    .windowedBy(tumbling(10), { emit: 'close', latenessMs: 25 })
    .count();
  const sum = {
    initial: () => 0,
    add: (total: number, { value }: { value: number }) => total + value,
  };
  const close = { emit: 'close' } as const;
  const inside = tens.groupByKey().windowedBy(tumbling(20), close);
  inside.aggregate({ ...sum, value: integer }).to(output);
  const across = tens.groupBy(() => 'all', text).windowedBy(tumbling(20), close);
  const all = across.aggregate({ ...sum, value: integer });
  all.to(sums);
  const driver = testDriver(builder.build());
  for (const timeMs of [1, 11, 25, 31, 8, 12, 19, 41, 61, 200]) send(driver, left, timeMs);
  const values = (source: typeof output) =>
    driver.read(source).map(({ value }) => [value!.startMs, value!.value]);
  expect(values(output)).toEqual([
    [0, 5],
    [20, 2],
    [40, 1],
    [60, 1],
  ]);
  expect(values(sums)).toEqual([
    [0, 5],
    [20, 2],
    [40, 1],
    [60, 1],
  ]);
});
