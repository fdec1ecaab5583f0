/** Screens and colours only where the terminal can take them. */

import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { terminalAbility } from './terminal-ability.ts';

/** Node's own judgement of colours, on a stream that says it is a terminal. */
function streamOf(isTTY: boolean): NodeJS.WriteStream {
  const { hasColors, getColorDepth } = WriteStream.prototype;
  const colors = isTTY ? { hasColors, getColorDepth } : {};
  return Object.assign(new PassThrough(), { isTTY, ...colors }) as unknown as NodeJS.WriteStream;
}

describe('what a terminal can show', () => {
  it.each([
    ['an ordinary one', true, { TERM: 'xterm-256color' }, { isScreen: true, color: true }],
    ['NO_COLOR', true, { TERM: 'xterm', NO_COLOR: '1' }, { isScreen: true, color: false }],
    ['a dumb one', true, { TERM: 'dumb' }, { isScreen: false, color: false }],
    ['a pipe', false, { TERM: 'xterm' }, { isScreen: false, color: false }],
    ['a forced pipe', false, { FORCE_COLOR: '1' }, { isScreen: false, color: false }],
  ])('%s gets no more than it can take', (_, isTTY, environment, ability) => {
    expect(terminalAbility(streamOf(isTTY), environment)).toEqual(ability);
  });
});
