/** Lines cut, padded or put together to a number of columns. */

import { type Line, lineWidth, type Span, type Style, span } from './line.ts';
import { displayWidth, takeColumns } from './text-width.ts';

const ITEM_GAP = '   ';

/** Cut or padded to exactly the columns. */
export function spanLeft(text: string, columns: number, style: Style = 'plain'): Line {
  return padLine([span(text, style)], columns);
}

/** The same, with the text at the right end. */
export function spanRight(text: string, columns: number, style: Style = 'plain'): Line {
  const line = fitLine([span(text, style)], columns);
  return [span(' '.repeat(Math.max(0, columns - lineWidth(line)))), ...line];
}

/** As much as the columns hold, with an ellipsis where something is cut off. */
export function fitLine(line: Line, columns: number): Line {
  if (lineWidth(line) <= columns) return line;
  const fitting: Span[] = [];
  let left = columns - 1;
  for (const { text, style } of line) {
    const taken = takeColumns(text, left);
    if (taken.length < text.length) {
      if (columns > 0) fitting.push({ text: `${taken}…`, style });
      break;
    }
    fitting.push({ text, style });
    left -= displayWidth(text);
  }
  return fitting;
}

export function padLine(line: Line, columns: number): Line {
  const fitting = fitLine(line, columns);
  return [...fitting, span(' '.repeat(Math.max(0, columns - lineWidth(fitting))))];
}

/** Items with a gap between, as many as fit whole; only a first one too wide is cut. */
export function joinFitting(items: readonly Line[], columns: number): Line {
  const [first = [], ...others] = items;
  let joined = fitLine(first, columns);
  for (const item of others) {
    const longer = [...joined, span(ITEM_GAP), ...item];
    if (lineWidth(longer) > columns) break;
    joined = longer;
  }
  return joined;
}
