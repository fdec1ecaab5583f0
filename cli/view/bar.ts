/** Shares as bars: blocks exact to an eighth of a column, and a thin gauge with its track. */

import { type Line, type Style, span } from './line.ts';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** `share` from 0 to 1 of the columns; what is not nothing shows at least an eighth. */
export function bar(share: number, columns: number): string {
  const bounded = boundShare(share);
  const rounded = Math.round(bounded * columns * 8);
  const eighths = bounded > 0 && columns > 0 ? Math.max(1, rounded) : rounded;
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** All the columns, `share` of them filled. */
export function gauge(share: number, columns: number, style: Style): Line {
  const filled = Math.round(boundShare(share) * columns);
  return [span('━'.repeat(filled), style), span('─'.repeat(columns - filled), 'dim')];
}

function boundShare(share: number): number {
  return Number.isNaN(share) ? 0 : Math.min(1, Math.max(0, share));
}
