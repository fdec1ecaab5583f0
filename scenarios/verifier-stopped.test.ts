/** Without this, a verifier that hangs could slow the tick path that must not wait for it. */
import { expect, it } from 'vitest';
import { runProgram } from './command.ts';

const WAITING_NS = 20_000_000;

type Summary = { count: number; p50Ns: number; p99Ns: number };

it('answers provisionally as fast with the verifier stopped as with it', async () => {
  const { status, stdout } = await runProgram('scenarios/verifier-stopped-run.ts', ['4']);
  expect(status).toBe(0);
  const { up, stopped } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, Summary>;
  expect(up!.count).toBeGreaterThan(20);
  expect(stopped!.count).toBeGreaterThan(60);
  // Tails of a shared machine prove nothing in a test: its figure is the program's, run alone. A
  // tick path that waits does so for a deadline, 60 ms, and more.
  expect(stopped!.p50Ns).toBeLessThan(Math.max(2 * up!.p50Ns, WAITING_NS));
});
