/** What a pipe gets instead of a screen: a status line every few seconds and a line per event. */

import type { LiveView } from '../run/live-view.ts';
import { formatPercent } from './format-number.ts';
import { formatElapsed, formatNanoseconds } from './format-time.ts';
import { HIT_SEGMENT, latencyOf, MISS_SEGMENT } from './segments.ts';
import { cleanText } from './text-width.ts';

const STATUS_EVERY_MS = 5_000;

/**
 * What is new since the previous snapshot, whose interval may be any: events, and a status line
 * when a multiple of five seconds was passed. Without a previous one everything is new.
 */
export function plainLines(view: LiveView, previous: LiveView | undefined): string[] {
  const lines = newEvents(view.events, previous?.events ?? []).map(cleanText);
  const period = Math.floor(view.elapsedMs / STATUS_EVERY_MS);
  const isDue =
    previous === undefined || period !== Math.floor(previous.elapsedMs / STATUS_EVERY_MS);
  return isDue ? [...lines, plainStatus(view)] : lines;
}

/** One line of `key value` pairs in fixed words and order, for people and for grep. */
export function plainStatus(view: LiveView): string {
  const { ticks, moves, hits, late, provisional, instruments, orders } = view;
  const rate = formatPercent((100 * hits) / moves);
  const p50 = (segment: string) => compact(formatNanoseconds(latencyOf(view, segment)?.p50));
  const positions = instruments.map(
    ({ symbol, positionLots }) => ` ${key(symbol)} ${positionLots}`,
  );
  return [
    formatElapsed(view.elapsedMs),
    `ticks ${ticks} moves ${moves} hits ${hits} (${rate}) late ${late} provisional ${provisional}`,
    `hit-p50 ${p50(HIT_SEGMENT)} miss-p50 ${p50(MISS_SEGMENT)}`,
    `position${positions.join('') || ' -'} orders ${sentText(orders)}`,
    `verifier ${view.verifier === 'own process gone' ? 'gone' : view.verifier}`,
  ].join(' ');
}

function sentText(orders: LiveView['orders']): string {
  return 'sent' in orders ? String(orders.sent) : `at ${cleanText(orders.countedElsewhere)}`;
}

/** A snapshot keeps only the latest events, so its list overlaps the end of the previous one. */
function newEvents(events: readonly string[], previous: readonly string[]): readonly string[] {
  const isOverlap = (length: number) =>
    previous.slice(previous.length - length).every((event, index) => event === events[index]);
  let overlap = Math.min(events.length, previous.length);
  while (!isOverlap(overlap)) overlap--;
  return events.slice(overlap);
}

function key(symbol: string): string {
  return compact(cleanText(symbol)) || '?';
}

function compact(text: string): string {
  return text.replaceAll(' ', '');
}
