/** What a pipe gets: stable words, each event once. */

import { describe, expect, it } from 'vitest';
import type { LiveView } from '../run/live-view.ts';
import { plainLines, plainStatus } from './plain-lines.ts';
import { sampleView } from './sample-view.ts';

/** What a pipe would have got, had it been shown these views in turn. */
function linesOf(views: readonly LiveView[]): string[] {
  return views.flatMap((view, index) => plainLines(view, views[index - 1]));
}

describe('the status line', () => {
  it('keeps its words and their order, for people grep them', () => {
    expect(plainStatus(sampleView())).toBe(
      '0:12 ticks 1043 moves 811 hits 655 (80.8 %) late 2 provisional 156 ' +
        'hit-p50 143us miss-p50 21.4ms position SIMA 40 SIMB -10 orders 33 verifier up',
    );
  });

  it('has a dash for what was not measured yet', () => {
    const view = sampleView({ moves: 0, hits: 0, latency: [], instruments: [] });
    expect(plainStatus({ ...view, verifier: 'own process gone' })).toBe(
      '0:12 ticks 1043 moves 0 hits 0 (-) late 2 provisional 156 ' +
        'hit-p50 - miss-p50 - position - orders 33 verifier gone',
    );
  });

  it('has no count of orders where another process counts them', () => {
    const orders = { countedElsewhere: '127.0.0.1:4001' };
    expect(plainStatus(sampleView({ orders }))).toContain(
      ' position SIMA 40 SIMB -10 orders at 127.0.0.1:4001 verifier up',
    );
  });

  it('stays one line of single words, whatever a symbol is called', () => {
    const [instrument] = sampleView().instruments;
    const named = (symbol: string) => ({ ...instrument!, symbol });
    const view = sampleView({ instruments: [named('A B\x1b[2J\nC'), named('\x07')] });
    expect(plainStatus(view)).toContain(' position ABC 40 ? 40 orders ');
  });

  it('comes every five seconds, however often it is asked for', () => {
    const views = Array.from({ length: 101 }, (_, index) =>
      sampleView({ elapsedMs: index * 130, events: [] }),
    );
    expect(linesOf(views).map(line => line.split(' ')[0])).toEqual(['0:00', '0:05', '0:10']);
  });
});

describe('events', () => {
  const at = (...events: string[]) => sampleView({ events, elapsedMs: 100 });

  it('come once each, also when the list has forgotten the oldest', () => {
    const views = [at(), at('a'), at('a'), at('a', 'b', 'c'), at('c', 'd'), at('e', 'f')];
    expect(linesOf(views).slice(1)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('carry no control characters into a log file', () => {
    expect(plainLines(at('0:50 \x1b[31mverifier\x1b[0m\nkilled'), at())).toEqual([
      '0:50 verifier killed',
    ]);
  });
});
