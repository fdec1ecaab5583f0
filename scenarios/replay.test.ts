/** Without these, a replay could call identical what was lost, doubled or reordered. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { newRunFolder, runCommand, startCommand } from './command.ts';
import { EURUSD, hasData } from './recordings.ts';

const SOH = '\u0001';
/** Right after a message's CheckSum field. */
const MESSAGE_END = new RegExp(`(?<=${SOH}10=\\d{3}${SOH})`);

const received = (folder: string) => join(folder, 'fix', 'venue-received.fix');

/** The run folder once more, with the venue's messages changed. */
function planted(folder: string, change: (messages: string[]) => string[]): string {
  const copy = newRunFolder();
  cpSync(folder, copy, { recursive: true });
  const messages = readFileSync(received(folder), 'latin1').split(MESSAGE_END);
  writeFileSync(received(copy), change(messages).join(''), 'latin1');
  return copy;
}

describe.skipIf(!hasData)('a replay (needs OUTRIDER_DATA)', () => {
  const folder = newRunFolder();

  beforeAll(async () => {
    const run = ['run', '--ticks', EURUSD, '--lockstep', '--duration', '20m', '--out', folder];
    expect(await runCommand(run)).toMatchObject({ status: 0 });
  });

  it('is identical to the run, or an audit would prove nothing', async () => {
    const { status, stdout } = await runCommand(['replay', folder]);
    expect(stdout).toMatch(
      /^identical: \d{2,} messages, sha256 [0-9a-f]{64}\nchain: \d+ messages, [0-9a-f]{64}\n$/,
    );
    expect(status).toBe(0);
  });

  it.each<[string, (messages: string[]) => string[]]>([
    ['loss in the middle', messages => messages.toSpliced(20, 1)],
    ['loss at the end', messages => messages.slice(0, -1)],
    ['duplicate', messages => messages.toSpliced(20, 0, messages[20]!)],
    ['reorder', messages => messages.toSpliced(20, 2, messages[21]!, messages[20]!)],
    ['changed digit', messages => messages.with(30, messages[30]!.replace(/38=(\d)/, '38=9$1'))],
    ['message too many', messages => [...messages, messages.at(-1)!]],
  ])('finds a planted %s', async (_, change) => {
    const { status, stderr } = await runCommand(['replay', planted(folder, change)]);
    expect(stderr).toMatch(
      /^different: connection 1, message \d+: .*, (at|after) record \d+ of gateway.log\n$/,
    );
    expect(status).toBe(1);
  });

  it('finds a decision that the edge log does not give', async () => {
    const copy = newRunFolder();
    cpSync(folder, copy, { recursive: true });
    const other = newRunFolder();
    const run = ['run', '--ticks', EURUSD, '--lockstep', '--duration', '20m', '--out', other];
    await runCommand([...run, '--seed', '2']);
    cpSync(join(other, 'edge.log'), join(copy, 'edge.log'), { recursive: true });
    const { status, stderr } = await runCommand(['replay', copy]);
    expect(stderr).toMatch(/^different: signal \d+: /);
    expect(status).toBe(1);
  });
});

it('a killed run leaves a prefix that replays, or a crash would lose its evidence', async () => {
  const folder = newRunFolder();
  const run = startCommand(['run', '--duration', '60s', '--parent-seconds', '6', '--out', folder]);
  for (const startMs = Date.now(); Date.now() - startMs < 40_000; ) {
    if (/orders [1-9]/.test(run.stdout)) break;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  run.kill('SIGKILL');
  await run.done;
  const { status, stdout } = await runCommand(['replay', folder]);
  expect(stdout).toMatch(
    /^identical prefix: ([2-9]|\d\d+) of \d+\nchain: \d+ messages, [0-9a-f]{64}\n$/,
  );
  expect(status).toBe(0);
});
