/** Operators of a gateway under test: their desk file, their keys, and their commands. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { OutriderError } from '#engine';
import { armCommand } from '../commands/arm.ts';
import { keysCommand } from '../commands/keys.ts';
import { killCommand } from '../commands/kill.ts';
import { limitsCommand } from '../commands/limits.ts';
import { promoteCommand } from '../commands/promote.ts';
import { reconcileCommand } from '../commands/reconcile.ts';
import { sequenceCommand } from '../commands/sequence.ts';
import { SENDER, TARGET } from './comp-ids.ts';
import type { Processes } from './remote-processes.ts';

export type Said = { exit: number; text: string };

const PARTIES = { senderCompId: SENDER, targetCompId: TARGET };
const OF_A_GATEWAY = [killCommand, armCommand, limitsCommand, sequenceCommand];
const COMMANDS = [...OF_A_GATEWAY, promoteCommand, keysCommand, reconcileCommand];

/** The command itself, in this process: its exit status and what it prints. */
export async function outrider(name: string, ...given: string[]): Promise<Said> {
  const lines: unknown[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation(line => void lines.push(line));
  try {
    const exit = await COMMANDS.find(command => command.name === name)!.run(given);
    return { exit, text: lines.join('\n') };
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    return { exit: error.code.startsWith('bad-') ? 2 : 1, text: error.message };
  } finally {
    log.mockRestore();
  }
}

/** A desk of two operators, each with a key that `outrider keys` made. */
export async function operatedDesk(world: Pick<Processes, 'directory'>, ofVenue: object = {}) {
  const keyOf = (name: string) => join(world.directory, `${name}.pem`);
  const operators = [];
  for (const operator of ['ada', 'bea']) {
    const { text } = await outrider('keys', '--operator', operator, '--key', keyOf(operator));
    operators.push(JSON.parse(text));
    expect(statSync(keyOf(operator)).mode & 0o777).toBe(0o600);
  }
  const file = join(world.directory, 'desk.json');
  const content = {
    venues: [{ name: 'paper', ...PARTIES, postOnly: true, ...ofVenue }],
    strategies: [{ name: 'alpha', account: 'fund' }],
    accounts: [{ name: 'fund', baseCurrency: 'USD' }],
    limits: { scopes: [{ scope: 'strategy:alpha', limits: { orderLots: { hard: 50 } } }] },
    operators,
  };
  writeFileSync(file, JSON.stringify(content));
  /** Options of a command of an operator to the gateway in a folder. */
  const as = (operator: string, out = world.directory) => [
    ...['--out', out, '--operator', operator, '--key', keyOf(operator)],
  ];
  return { file, as, keyOf };
}
