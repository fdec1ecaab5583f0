/** The screen shows the last frame, and the terminal always comes back. */

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTerminalScreen, type ScreenSize } from './terminal-screen.ts';

const ESCAPE = '\x1b\\[';
const BEGIN = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J';
/** Modes, a move to the beginning of a row, clearing, a character. */
const TOKENS = new RegExp(`${ESCAPE}\\?\\d+[hl]|${ESCAPE}(\\d+);1H|${ESCAPE}[02]?[mJK]|.`, 'gs');
const END = '\x1b[?2026l\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l';

/** A stream of a given size whose bytes stay readable. */
function terminal(size: Partial<ScreenSize>, highWaterMark = 1 << 20) {
  const stream = Object.assign(new PassThrough({ highWaterMark }), size);
  const written = () => String(stream.read() ?? '');
  return { stream: stream as unknown as NodeJS.WriteStream & ScreenSize, written };
}

/** What a terminal shows after these bytes, by the rules of a VT100 that never wraps. */
function screenAfter(bytes: string, { columns, rows }: ScreenSize): string[] {
  let cells = Array.from({ length: rows }, () => ' '.repeat(columns));
  let row = 0;
  let column = 0;
  for (const [token, to] of bytes.matchAll(TOKENS)) {
    if (to !== undefined) {
      row = Number(to) - 1;
      column = 0;
    } else if (token === '\x1b[2J') cells = cells.map(() => ' '.repeat(columns));
    else if (token === '\x1b[K') cells[row] = cells[row]!.slice(0, column).padEnd(columns);
    else if (token.length === 1) {
      cells[row] = cells[row]!.slice(0, column) + token + cells[row]!.slice(column + 1);
      // The cursor waits on the last character, which clearing would take.
      column = Math.min(columns - 1, column + 1);
    }
  }
  return cells.map(text => text.trimEnd());
}

describe('the terminal screen', () => {
  it('shows exactly the last frame, whatever it showed before', () => {
    const size = { columns: 9, rows: 4 };
    const line = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 9 });
    const frames = fc.array(fc.array(line, { maxLength: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(frames, list => {
        const { stream, written } = terminal(size);
        const screen = createTerminalScreen(stream);
        for (const frame of list) screen.draw(() => frame);
        const last = list.at(-1)!;
        const expected = Array.from({ length: 4 }, (_, row) => (last[row] ?? '').trimEnd());
        expect(screenAfter(written(), size)).toEqual(expected);
        screen.close();
      }),
    );
  });

  it('writes only lines that changed, each frame in one piece, so nothing flickers', () => {
    const { stream, written } = terminal({ columns: 20, rows: 5 });
    const screen = createTerminalScreen(stream);
    screen.draw(() => ['one', 'two']);
    written();
    screen.draw(() => ['one', 'three']);
    expect(written()).toBe('\x1b[?2026h\x1b[2;1H\x1b[Kthree\x1b[?2026l');
    screen.draw(() => ['one', 'three']);
    expect(written()).toBe('');
    screen.close();
  });

  it('redraws everything in the new size when the window changes', () => {
    const { stream, written } = terminal({ columns: 20, rows: 5 });
    const screen = createTerminalScreen(stream);
    screen.draw(({ columns, rows }) => [`${columns} x ${rows}`, 'same']);
    written();
    Object.assign(stream, { columns: 10, rows: 3 });
    stream.emit('resize');
    expect(screenAfter(written(), { columns: 10, rows: 3 })).toEqual(['10 x 3', 'same', '']);
    screen.close();
    stream.emit('resize');
    expect(written()).toBe(END);
  });

  it('cuts a frame with more lines than rows, or the terminal would scroll', () => {
    const { stream, written } = terminal({ columns: 20, rows: 2 });
    createTerminalScreen(stream).draw(() => ['one', 'two', 'three']);
    expect(written()).not.toContain('three');
    stream.destroy();
  });

  it('takes 80 x 24 where the terminal does not say', () => {
    const { stream } = terminal({});
    const sizes: ScreenSize[] = [];
    const screen = createTerminalScreen(stream);
    screen.draw(size => {
      sizes.push(size);
      return [];
    });
    screen.close();
    expect(sizes).toEqual([{ columns: 80, rows: 24 }]);
  });

  it('skips frames while the terminal has not taken the last, or they would pile up', async () => {
    const { stream, written } = terminal({ columns: 20, rows: 5 }, 8);
    const screen = createTerminalScreen(stream);
    for (let frame = 0; frame < 1000; frame++) screen.draw(() => [`frame ${frame}`]);
    expect(stream.writableLength).toBeLessThan(100);
    const drained = once(stream, 'drain');
    const seen = written();
    await drained;
    screen.draw(() => ['after']);
    expect(seen + written()).toBe(`${BEGIN}\x1b[?2026h\x1b[1;1H\x1b[Kafter\x1b[?2026l`);
    screen.close();
  });
});

describe('the terminal gets its cursor and first screen back', () => {
  it('on close, once, and leaves no listener behind', () => {
    const listeners = process.listenerCount('exit');
    const { stream, written } = terminal({ columns: 20, rows: 5 });
    const screen = createTerminalScreen(stream);
    expect(written()).toBe(BEGIN);
    screen.close();
    screen.close();
    screen.draw(() => ['late']);
    expect(written()).toBe(END);
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(stream.listenerCount('resize')).toBe(0);
  });

  it.each([
    ['an error nobody catches', 'setTimeout(() => { throw new Error("boom"); }, 1)', 1],
    ['an error while rendering', 'screen.draw(() => { throw new Error("boom"); })', 1],
    ['process.exit', 'process.exit(3)', 3],
    ['the end of the program', '', 0],
    [
      'SIGINT when the caller closes',
      'process.on("SIGINT", () => { screen.close(); process.exit(0); });' +
        'setTimeout(() => {}, 60_000); process.kill(process.pid, "SIGINT")',
      0,
    ],
  ])('after %s', (_, code, status) => {
    const module = new URL('./terminal-screen.ts', import.meta.url).href;
    const program = `
      import { createTerminalScreen } from ${JSON.stringify(module)};
      const screen = createTerminalScreen(process.stdout);
      screen.draw(() => ['shown']);
      ${code}`;
    const child = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
    });
    expect(child.stderr.includes('boom')).toBe(status === 1);
    expect(child.status).toBe(status);
    expect(child.stdout.startsWith(BEGIN)).toBe(true);
    expect(child.stdout).toContain('shown');
    expect(child.stdout.endsWith(END)).toBe(true);
    expect(child.stdout.split(END)).toHaveLength(2);
  });

  it('and a terminal that has gone away stops nothing', async () => {
    const { stream } = terminal({ columns: 20, rows: 5 });
    const screen = createTerminalScreen(stream);
    const closed = new Promise(resolve => stream.on('close', resolve));
    stream.destroy(new Error('EIO'));
    await closed;
    screen.draw(() => ['nobody sees this']);
    screen.close();
    expect(stream.listenerCount('resize')).toBe(0);
  });
});
