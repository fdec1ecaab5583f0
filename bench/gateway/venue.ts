/** Our side of the measurements: `outrider venue` on recorded quotes, with somebody at its feed. */

import { join } from 'node:path';
import { z } from 'zod';
import { clockFrom, wallTimers } from '#engine';
import { connectFeed } from '#market';
import { nextJson, type Program, startProgram } from '../replay/program.ts';
import { ROOT } from '../replay/results.ts';

export type MeasuredVenue = { port: number; program: Program; close(): void };

const started = z.object({ port: z.int(), feedPort: z.int() });

/** Every order trades on arrival: the quotes are large and a limit may lie far beyond them. */
export async function startMeasuredVenue(ticks: string, folder: string): Promise<MeasuredVenue> {
  const here = ['--listen', '127.0.0.1:0', '--feed', '127.0.0.1:0', '--out', folder];
  const market = ['--ticks', ticks, '--quote-size-lots', '1000000000'];
  const command = [join(ROOT, 'cli', 'main.ts'), 'venue', ...here, ...market] as const;
  const program = startProgram({
    ...{ name: 'outrider venue', folder: ROOT },
    command: [process.execPath, ...command, '--band-increments', '1000000'],
  });
  const { port, feedPort } = started.parse(await nextJson(program, 'outrider venue'));
  const clock = clockFrom(0);
  const quoted = Promise.withResolvers<void>();
  const feed = connectFeed({
    ...{ port: feedPort, clock, timers: wallTimers(clock) },
    onHello: () => feed.subscribe(),
    onBatch: () => quoted.resolve(),
    onGap() {},
    onProblem() {},
    onEnd: error => quoted.reject(error ?? new Error('the feed ended before its first quote')),
  });
  await quoted.promise;
  return { port, program, close: () => feed.close() };
}
