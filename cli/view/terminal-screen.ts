/** A terminal's second screen, redrawn in place, and given back whatever happens. */

export type ScreenSize = { columns: number; rows: number };

export type TerminalScreen = {
  /**
   * Shows the lines that `render` makes for the size of the moment, and again by itself when the
   * size changes. While the terminal has not taken the last frame, a new one is skipped.
   */
  draw(render: (size: ScreenSize) => string[]): void;
  /** Gives the terminal back as it was, cursor included; also done when the process exits. */
  close(): void;
};

/** A pipe, or a terminal that does not say. */
const SIZE_UNKNOWN: ScreenSize = { columns: 80, rows: 24 };

const SECOND_SCREEN = '\x1b[?1049h';
const FIRST_SCREEN = '\x1b[?1049l';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
/** A terminal that finds a line wider than we do must not push the others down. */
const WRAP_OFF = '\x1b[?7l';
const WRAP_ON = '\x1b[?7h';
/** Terminals that know it show the frame at once; the others ignore it. */
const FRAME_BEGIN = '\x1b[?2026h';
const FRAME_END = '\x1b[?2026l';
const CLEAR_SCREEN = '\x1b[2J';
const CLEAR_LINE_END = '\x1b[K';
const PLAIN_TEXT = '\x1b[0m';

/** Takes the terminal over until `close`. A terminal that has gone away is no error. */
export function createTerminalScreen(stream: NodeJS.WriteStream): TerminalScreen {
  let shown: string[] = [];
  let render: (size: ScreenSize) => string[] = () => [];
  let isOpen = true;

  const paint = (before = '') => {
    const size = sizeOf(stream);
    const lines = render(size).slice(0, size.rows);
    const changes = before + changedLines(shown, lines);
    shown = lines;
    if (changes !== '') stream.write(FRAME_BEGIN + changes + FRAME_END);
  };
  const repaint = () => {
    shown = [];
    paint(CLEAR_SCREEN);
  };
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    stream.off('resize', repaint);
    process.off('exit', close);
    stream.write(FRAME_END + PLAIN_TEXT + WRAP_ON + SHOW_CURSOR + FIRST_SCREEN);
  };

  // Stays on, since the farewell of `close` may fail as well.
  stream.on('error', close);
  stream.on('resize', repaint);
  process.on('exit', close);
  stream.write(SECOND_SCREEN + HIDE_CURSOR + WRAP_OFF + CLEAR_SCREEN);

  return {
    draw(next) {
      if (!isOpen || stream.writableNeedDrain) return;
      render = next;
      paint();
    },
    close,
  };
}

function sizeOf({ columns, rows }: NodeJS.WriteStream): ScreenSize {
  return { columns: columns || SIZE_UNKNOWN.columns, rows: rows || SIZE_UNKNOWN.rows };
}

/**
 * Moves to each line that differs and writes it. The rest of a line is cleared before, not after:
 * after a line as wide as the terminal, clearing would take its last character.
 */
function changedLines(shown: readonly string[], lines: readonly string[]): string {
  let changes = '';
  for (let row = 0; row < Math.max(shown.length, lines.length); row++) {
    const line = lines[row] ?? '';
    if (line !== (shown[row] ?? '')) changes += `\x1b[${row + 1};1H${CLEAR_LINE_END}${line}`;
  }
  return changes;
}
