/** Lines of steps: one that is misread, or whose status is lost, would pass for a runbook's. */
import { afterEach, describe, expect, it } from 'vitest';
import { wordsOf } from './step-names.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const TEST_MS = 120_000;
let terminal: Terminal | undefined;
afterEach(() => terminal?.close());

it(
  'says what a command prints and its status, one after another',
  async () => {
    terminal = openTerminal();
    const wrong = await terminal.type(['kil', '--out', '/nowhere']);
    expect(wrong).toEqual({ exit: 2, text: expect.stringContaining('command kil: unknown') });
    const absent = await terminal.type(['orders', '/nowhere']);
    expect(absent).toMatchObject({ exit: 1, text: expect.stringContaining('/nowhere') });
    const helped = await terminal.type(['kill', '--help']);
    expect(helped).toEqual({ exit: 0, text: expect.stringContaining('usage: outrider kill') });
  },
  TEST_MS,
);

describe('words of a line', () => {
  const names = new Map([
    ['DIR', ['/a b']],
    ['ADA', ['--operator', 'ada']],
  ]);

  it('are whole values, one or more of them, or parts of a word', () => {
    const words = wordsOf('kill --out $DIR $ADA --scope instrument:$DIR', names);
    const whole = ['kill', '--out', '/a b', '--operator', 'ada', '--scope', 'instrument:/a b'];
    expect(words).toEqual(whole);
  });

  it('are refused where a name stands for nothing', () => {
    expect(() => wordsOf('orders $DIRECTORY', names)).toThrow(
      '$DIRECTORY: unknown; known are $DIR',
    );
  });
});
