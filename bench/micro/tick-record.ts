/** A tick in and out of its record: its cost, and what JSON would cost. */

import { ByteReader, ByteWriter } from '#engine';
import { readTick, type Tick, writeTick } from '#market';
import type { Micro } from './micro.ts';

const TICKS = 256;
const BYTES_MAX = 64 * TICKS;

export const tickRecord: Micro = {
  question: 'What does a tick cost in and out of its record, and what would JSON cost?',
  items: TICKS,
  item: 'tick',
  ways: [
    { name: 'record', open: openRecords },
    { name: 'json', open: openJson },
  ],
};

const ticks = Array.from({ length: TICKS }, (_, at): Tick => {
  const exchangeTimeNs = 36_000_000_000_000 + at * 1_000_000;
  const prices = { bidIncrements: 138_701 + (at % 7), askIncrements: 138_714 + (at % 5) };
  return { kind: 'quote', instrument: at % 2, exchangeTimeNs, ...prices };
});

function openRecords(): () => number {
  const writer = new ByteWriter({ bytesMax: BYTES_MAX });
  const reader = new ByteReader();
  return () => {
    writer.reset();
    for (const tick of ticks) writeTick(writer, tick, tick.exchangeTimeNs);
    reader.reset(writer.written());
    let sum = 0;
    for (const { exchangeTimeNs } of ticks) sum += bidOf(readTick(reader, exchangeTimeNs));
    return sum;
  };
}

function openJson(): () => number {
  return () => {
    const texts = ticks.map(tick => Buffer.from(JSON.stringify(tick)));
    return texts.reduce((sum, text) => sum + bidOf(JSON.parse(text.toString()) as Tick), 0);
  };
}

const bidOf = (tick: Tick) => (tick.kind === 'quote' ? tick.bidIncrements : 0);
