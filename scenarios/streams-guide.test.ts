/** The examples of docs/streams.md run, and the guide has them as they stand here. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { OutriderError } from '#engine';
import {
  fields,
  float64,
  hopping,
  integer,
  session,
  sliding,
  testDriver,
  text,
  topic,
  topologyBuilder,
  tumbling,
  windowed,
} from '#engine/streams';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const trades = topic({
  name: 'trades',
  key: text,
  value: fields<{ price: number; lots: number }>({ price: float64, lots: integer }),
  outOfOrderMs: 50,
});
const quotes = topic({ name: 'quotes', key: text, value: float64, outOfOrderMs: 50 });

it('counts trades in windows', () => {
  const counts = topic({ name: 'trade-counts', key: text, value: windowed(integer) });
  const builder = topologyBuilder({ name: 'desk' });
  builder
    .stream(trades)
    .filter(trade => trade.lots > 0)
    .groupByKey()
    .windowedBy(tumbling(1_000), { latenessMs: 200, emit: 'close' })
    .count()
    .to(counts);
  const topology = builder.build();

  const driver = testDriver(topology);
  driver.send(trades, { key: 'EURUSD', value: { price: 1.1, lots: 3 }, timeMs: 100 });
  driver.send(trades, { key: 'EURUSD', value: { price: 1.2, lots: 1 }, timeMs: 900 });
  driver.send(trades, { key: 'EURUSD', value: { price: 1.3, lots: 2 }, timeMs: 1_250 });
  const [closed] = driver.read(counts);
  // Event time is 1,200: 50 ms behind the latest trade, and 200 past the window's end.
  expect(closed).toEqual({
    key: 'EURUSD',
    value: { startMs: 0, endMs: 1_000, value: 2 },
    timeMs: 999,
  });
});

it('makes windows of each kind', () => {
  const builder = topologyBuilder({ name: 'kinds' });
  const grouped = builder.stream(trades).groupByKey();
  const volume = {
    initial: () => 0,
    add: (sum: number, trade: { lots: number }) => sum + trade.lots,
    value: integer,
  };
  const merge = (earlier: number, later: number) => earlier + later;
  grouped.windowedBy(hopping(60_000, 1_000)).aggregate(volume);
  grouped.windowedBy(sliding(60_000)).aggregate({ ...volume, merge });
  grouped.windowedBy(session(5_000)).aggregate({ ...volume, merge });
  expect(builder.build().subTopologies).toHaveLength(1);
});

it('reads late trades', () => {
  const builder = topologyBuilder({ name: 'lateness' });
  const counts = builder.stream(trades).groupByKey().windowedBy(tumbling(1_000)).count();
  counts.late.to(topic({ ...trades, name: 'late-trades' }));
  expect(builder.build().topics).toEqual(['trades', 'late-trades']);
});

it('joins trades with the quotes of their times', () => {
  const spreads = topic({ name: 'spreads', key: text, value: float64 });
  const builder = topologyBuilder({ name: 'spreads' });
  builder
    .stream(trades)
    .joinAsOf(
      builder.stream(quotes),
      { emit: 'complete', withinMs: 5_000 },
      (trade, mid) => trade.price - mid,
    )
    .to(spreads);

  const driver = testDriver(builder.build());
  driver.send(quotes, { key: 'EURUSD', value: 1.5, timeMs: 1_000 });
  driver.send(trades, { key: 'EURUSD', value: { price: 1.75, lots: 1 }, timeMs: 1_010 });
  driver.send(quotes, { key: 'EURUSD', value: 1.25, timeMs: 1_005 });
  for (const timeMs of [1_100]) {
    driver.send(quotes, { key: 'EURUSD', value: 1, timeMs });
    driver.send(trades, { key: 'EURUSD', value: { price: 1, lots: 1 }, timeMs });
  }
  // The quote of 1,005 came after the trade, and before event time had passed the trade.
  expect(driver.read(spreads)).toEqual([{ key: 'EURUSD', value: 0.5, timeMs: 1_010 }]);
});

it('writes an operator of its own', () => {
  const alarms = topic({ name: 'alarms', key: text, value: text });
  const builder = topologyBuilder({ name: 'silence' });
  builder
    .stream(quotes)
    .process({
      states: { last: { value: integer, ttlMs: 3_600_000 } },
      output: text,
      onRecord({ timeMs }, { states, setTimer }) {
        states.last.set(timeMs);
        setTimer('event', timeMs + 10_000);
      },
      onTimer({ timeMs }, { states, emit }) {
        if (states.last.get() === timeMs - 10_000) emit('no quote for 10 s');
      },
    })
    .to(alarms);

  const driver = testDriver(builder.build());
  driver.send(quotes, { key: 'EURUSD', value: 1.1, timeMs: 0 });
  driver.send(quotes, { key: 'GBPUSD', value: 1.3, timeMs: 20_000 });
  expect(driver.read(alarms)).toEqual([
    { key: 'EURUSD', value: 'no quote for 10 s', timeMs: 10_000 },
  ]);
});

it('counts in memory and stores at commits', () => {
  const counts = topic({ name: 'quote-counts', key: text, value: integer });
  const builder = topologyBuilder({ name: 'counted' });
  builder
    .stream(quotes)
    .process({
      states: { count: { value: integer } },
      output: integer,
      open() {
        const counted = new Map<string, number>();
        return {
          onRecord({ key }, { states }) {
            counted.set(key, (counted.get(key) ?? states.count.get() ?? 0) + 1);
          },
          beforeCommit({ at, states, emit, nowMs }) {
            for (const [key, count] of counted) {
              at(key, nowMs, () => {
                states.count.set(count);
                emit(count);
              });
            }
            counted.clear();
          },
        };
      },
    })
    .to(counts);

  const driver = testDriver(builder.build());
  for (const timeMs of [1, 2]) driver.send(quotes, { key: 'EURUSD', value: 1.1, timeMs });
  expect(driver.read(counts).map(({ value }) => value)).toEqual([1, 2]);
});

it('keeps what it cannot use', () => {
  const prices = topic({ name: 'prices', key: text, value: float64 });
  const builder = topologyBuilder({ name: 'checked' });
  builder
    .stream(trades)
    .mapValues(({ price }) => {
      if (!(price > 0)) throw new OutriderError('bad-data', `price is ${price}`);
      return price;
    })
    .to(prices);

  const driver = testDriver(builder.build());
  driver.send(trades, { key: 'EURUSD', value: { price: -1, lots: 1 }, timeMs: 0 });
  driver.sendBytes('trades', { key: text.encode('EURUSD'), value: new Uint8Array(3) });
  expect(driver.readDeadLetters().map(({ about }) => about.reason)).toEqual([
    'price is -1',
    'fields price lots: field price: is cut off; was it written by another codec?',
  ]);
});

it('is the guide: each of its examples is a part of this file', () => {
  const plain = (code: string) => code.replaceAll(/^\s+/gm, '').trim();
  const here = plain(readFileSync(fileURLToPath(import.meta.url), 'utf8'));
  const guide = readFileSync(`${ROOT}docs/streams.md`, 'utf8');
  const examples = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(match => plain(match[1]!));
  expect(examples.length).toBeGreaterThanOrEqual(6);
  for (const example of examples) expect(here).toContain(example);
});
