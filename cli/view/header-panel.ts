/** What runs, how far it is, and whether the verifier answers. */

import type { LiveView } from '../run/live-view.ts';
import { gauge } from './bar.ts';
import { padLine } from './fit-line.ts';
import { formatElapsed } from './format-time.ts';
import { type Line, lineWidth, type Span, span } from './line.ts';
import type { Panel } from './panel.ts';

export function headerPanel(view: LiveView): Panel {
  return {
    rank: 0,
    rowsWanted: [1, 2],
    draw: (columns, rows) => [titleLine(view, columns), timeLine(view, columns)].slice(0, rows),
  };
}

/** The verifier's state is never cut: first the round trip yields, then the title. */
function titleLine(view: LiveView, columns: number): Line {
  const title = [span('outrider', 'strong'), span(`  ${view.title}`)];
  const verifier = [verifierSpan(view)];
  const withRoundTrip = [...verifier, span(`, ${view.roundTrip} round trip`, 'dim')];
  const isRoomy = lineWidth(title) + 2 + lineWidth(withRoundTrip) <= columns;
  const state = isRoomy ? withRoundTrip : verifier;
  const left = columns - lineWidth(state) - 2;
  return left < 1 ? state : [...padLine(title, left), span('  '), ...state];
}

function verifierSpan({ verifier }: LiveView): Span {
  switch (verifier) {
    case 'up':
      return span('verifier up', 'good');
    case 'down':
      return span('verifier down', 'badStrong');
    case 'own process gone':
      return span('verifier process gone', 'badStrong');
  }
}

function timeLine({ elapsedMs, durationMs }: LiveView, columns: number): Line {
  const elapsed = formatElapsed(elapsedMs);
  if (durationMs === undefined) return [span(elapsed)];
  const duration = formatElapsed(durationMs);
  const barColumns = columns - elapsed.length - duration.length - 2;
  if (barColumns < 4) return [span(`${elapsed} of ${duration}`)];
  return [
    span(`${elapsed} `),
    ...gauge(elapsedMs / durationMs, barColumns, 'accent'),
    span(` ${duration}`, 'dim'),
  ];
}
