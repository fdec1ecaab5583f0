/** Without this, a verifier that hangs could slow the tick path that must not wait for it. */
import { expect, it } from 'vitest';
import { runProgram } from './command.ts';

const WAITING_NS = 20_000_000;

type Summary = { count: number; p10Ns: number };

it('answers provisionally as fast with the verifier stopped as with it', async () => {
  const { status, stdout } = await runProgram('scenarios/verifier-stopped-run.ts', ['4']);
  expect(status).toBe(0);
  const { up, stopped } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, Summary>;
  expect(up!.count).toBeGreaterThan(10);
  expect(stopped!.count).toBeGreaterThan(30);
  // A tick path that waits does so each time, for a deadline of 60 ms and more. What else is slow
  // on a shared machine proves nothing in a test: the figure is the program's, run alone.
  expect(stopped!.p10Ns).toBeLessThan(Math.max(2 * up!.p10Ns, WAITING_NS));
});
