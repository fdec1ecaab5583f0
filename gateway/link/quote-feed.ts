/** An edge's quotes for its gateway: each instrument's latest, no more often than was asked for. */
import type { Clock, Nanoseconds, TimerHandle, Timers } from '#engine';
import type { Quote, Tick } from '#market';
import type { MarketQuote } from '../execution/market-quote.ts';

export type QuoteFeed = {
  /** By instrument; 0 or nothing: none of its quotes. */
  subscribe(intervalsNs: readonly Nanoseconds[]): void;
  /** Quotes and trades of one instant; `injectedNs` as in signals. */
  onTicks(ticks: readonly Tick[], injectedNs: Nanoseconds): void;
  close(): void;
};

export type QuoteFeedOptions = { clock: Clock; timers: Timers; send(quote: MarketQuote): void };

type Line = {
  latest: Quote | undefined;
  injectedNs: Nanoseconds;
  /** Since the last that was sent. */
  tradedLots: number;
  isNew: boolean;
  nextNs: Nanoseconds;
  timer: TimerHandle | undefined;
};

/** Sizes and trades without a size count as nothing; what was traded in between is summed up. */
export function quoteFeed({ clock, timers, send }: QuoteFeedOptions): QuoteFeed {
  const lines: Line[] = [];
  let intervalsNs: readonly Nanoseconds[] = [];
  let isWanted = false;
  const lineOf = (instrument: number): Line => {
    lines[instrument] ??= {
      ...{ latest: undefined, injectedNs: 0, tradedLots: 0, isNew: false },
      ...{ nextNs: Number.NEGATIVE_INFINITY, timer: undefined },
    };
    return lines[instrument];
  };
  const flush = (instrument: number) => {
    const line = lineOf(instrument);
    const { latest, injectedNs, tradedLots } = line;
    if (latest === undefined || !line.isNew || line.timer !== undefined) return;
    const nowNs = clock.nowNs();
    if (nowNs < line.nextNs) {
      line.timer = timers.at(line.nextNs, () => {
        line.timer = undefined;
        flush(instrument);
      });
      return;
    }
    line.isNew = false;
    line.tradedLots = 0;
    line.nextNs = nowNs + intervalsNs[instrument]!;
    const { bidIncrements, askIncrements, bidLots = 0, askLots = 0 } = latest;
    const shown = { bidIncrements, askIncrements, bidLots, askLots, tradedLots };
    send({ instrument, venue: undefined, ...shown, tickTimeNs: injectedNs });
  };
  const close = () => {
    for (const line of lines) line?.timer?.cancel();
    lines.length = 0;
  };
  return {
    close,
    subscribe(intervals) {
      close();
      intervalsNs = intervals;
      isWanted = intervals.some(ns => ns > 0);
    },
    onTicks(ticks, injectedNs) {
      if (!isWanted) return;
      for (const tick of ticks) {
        if (!intervalsNs[tick.instrument]) continue;
        const line = lineOf(tick.instrument);
        if (tick.kind === 'trade') line.tradedLots += tick.sizeLots ?? 0;
        else if (tick.kind === 'quote') line.latest = { ...tick };
        else continue;
        line.injectedNs = injectedNs;
        line.isNew = true;
      }
      for (const [instrument, line] of lines.entries()) if (line?.isNew) flush(instrument);
    },
  };
}
