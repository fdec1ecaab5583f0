/** What happened lately, newest last. */

import type { LiveView } from '../run/live-view.ts';
import { type Line, span } from './line.ts';
import type { Panel } from './panel.ts';

export function eventsPanel({ events }: LiveView): Panel {
  return {
    rank: 4,
    rowsWanted: [1, 3, 8],
    draw(_, rows) {
      if (events.length === 0) return [[span('no events so far', 'dim')]];
      return events.slice(-rows).map(eventLine);
    },
  };
}

/** The time recedes before the words. */
function eventLine(event: string): Line {
  const time = /^[\d:.]+ /.exec(event)?.[0] ?? '';
  return [span(time, 'dim'), span(event.slice(time.length))];
}
