/** No order from stale data: each is traced to its signal, and that to a quote the feed gave. */
import { MILLISECOND_NS, type Nanoseconds } from '#engine';
import type { DeliveredQuote } from '../feed/delivered.ts';
import type { Sample } from '../measure/metric.ts';
import type { JudgedInvariant } from './invariant.ts';

/** A signal as the gateway journalled it; times on the clock of the scenario. */
export type SeenSignal = {
  timeNs: Nanoseconds;
  tickTimeNs: Nanoseconds;
  instrument: number;
  bidIncrements: number;
  askIncrements: number;
};

/** A new or replaced order as the venue first received it. */
export type SeenOrder = {
  id: string;
  instrument: number;
  /** SendingTime: a whole millisecond, the one that holds the time. */
  sentNs: Nanoseconds;
};

export type TickAgeInput = {
  orders: readonly SeenOrder[];
  /** In the order of their times. */
  signals: readonly SeenSignal[];
  /** In the order they were handed to the edge. */
  delivered: readonly DeliveredQuote[];
};

/** Clocks of two processes of one machine, each set to a whole millisecond at its start. */
const CLOCKS_NS = 2 * MILLISECOND_NS;

/**
 * An order's tick is as old as the older of two answers: the time its signal says, and the last
 * time the feed itself gave that bid and ask before the order. A quote given again counts from its
 * first time. Ages are samples at the moment of the order.
 */
export function judgeTickAge(
  { orders, signals, delivered }: TickAgeInput,
  atMostNs: Nanoseconds,
): { judged: JudgedInvariant; ages: Sample[] } {
  const signalsOf = grouped(signals, ({ instrument }) => instrument);
  const quotesOf = grouped(delivered, quoteKey);
  const violations: string[] = [];
  const ages: Sample[] = [];
  for (const { id, instrument, sentNs } of orders) {
    // A millisecond is told by its beginning.
    const endNs = sentNs + MILLISECOND_NS;
    const signal = signalsOf.get(String(instrument))?.findLast(({ timeNs }) => timeNs < endNs);
    if (signal === undefined) {
      violations.push(`${id}: no signal came before it`);
      continue;
    }
    const { bidIncrements: bid, askIncrements: ask } = signal;
    const quote = quotesOf
      .get(quoteKey(signal))
      ?.findLast(one => one.deliveredNs < endNs + CLOCKS_NS);
    if (quote === undefined) {
      violations.push(`${id}: rests on ${bid}/${ask}, which the feed had not given`);
      continue;
    }
    const ageNs = sentNs - Math.min(signal.tickTimeNs, quote.arrivedNs);
    ages.push({ atNs: sentNs, value: Math.max(0, ageNs) });
    if (ageNs > atMostNs) violations.push(`${id}: rests on a tick ${milliseconds(ageNs)} old`);
  }
  const claim = `no new or replaced order rests on a tick older than ${milliseconds(atMostNs)}`;
  return { judged: { name: 'tickAgeAtMost', claim, checked: orders.length, violations }, ages };
}

const milliseconds = (ns: Nanoseconds) => `${Math.round(ns / MILLISECOND_NS)} ms`;

type Quoted = { instrument: number; bidIncrements: number; askIncrements: number };

const quoteKey = ({ instrument, bidIncrements, askIncrements }: Quoted) =>
  `${instrument} ${bidIncrements} ${askIncrements}`;

function grouped<T>(items: readonly T[], keyOf: (item: T) => string | number): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = String(keyOf(item));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
