/** What a run tells: a script that reads the report must still hear that a link was lost. */
import { afterEach, expect, it, vi } from 'vitest';
import { virtualTime } from '#engine';
import { loadConfig } from '../config.ts';
import { createDisplay } from './display.ts';
import type { Evidence } from './evidence.ts';
import type { Source } from './source.ts';

afterEach(() => vi.restoreAllMocks());

it.each([
  [true, ['0:02 verifier lost']],
  [false, []],
])('with --json %s says on standard error: %j', (json, expected) => {
  const lines: string[] = [];
  vi.spyOn(console, 'error').mockImplementation(line => void lines.push(line));
  const output = vi.spyOn(console, 'log').mockImplementation(() => {});
  const time = virtualTime(0);
  const display = createDisplay({
    ...{ config: loadConfig({ json }), clock: time, timers: time },
    // Of these two nothing is read before a run has started.
    ...{ source: {} as Source, evidence: { draft: undefined } as Evidence },
  });
  time.advanceTo(2_500_000_000);
  display.event('verifier lost');
  display.close();
  expect(lines).toEqual(expected);
  expect(output).not.toHaveBeenCalled();
});
