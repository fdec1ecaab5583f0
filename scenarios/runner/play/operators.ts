/** Two operators of the harness: keys of their own, a desk file that names them, their commands. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SENDER, TARGET } from '#cli';
import { type Clock, OutriderError, wallTimers } from '#engine';
import {
  askControl,
  CONTROL_SOCKET,
  type OperatorAction,
  type OperatorOutcome,
  publicKeyText,
  signCommand,
} from '#gateway';
import type { Scenario } from '../file/scenario.ts';

const NAMES = ['ada', 'bea'] as const;

export type Operators = {
  readonly deskFile: string;
  /** What one operator may do alone. */
  tighten(action: OperatorAction): Promise<void>;
  /** Asked for by both. */
  loosen(action: OperatorAction): Promise<void>;
};

/** Writes the desk file of a scenario that limits something, or has operators do something. */
export function openOperators(
  { limits, faults }: Scenario,
  { directory, trading, clock }: { directory: string; trading: string; clock: Clock },
): Operators | undefined {
  if (limits === undefined && !faults.some(({ target }) => target === 'operator')) return undefined;
  const keys = new Map(NAMES.map(name => [name, generateKeyPairSync('ed25519').privateKey]));
  const deskFile = join(directory, 'desk.json');
  const file = {
    venues: [{ name: 'paper', senderCompId: SENDER, targetCompId: TARGET, postOnly: true }],
    strategies: [{ name: 'alpha', account: 'fund' }],
    accounts: [{ name: 'fund' }],
    limits: { scopes: limits ?? [] },
    operators: NAMES.map(name => ({ name, publicKey: publicKeyText(keys.get(name)!) })),
  };
  writeFileSync(deskFile, JSON.stringify(file));
  const socket = join(trading, CONTROL_SOCKET);
  const ask = (operator: (typeof NAMES)[number], action: OperatorAction) =>
    command({ socket, clock, operator, key: keys.get(operator)! }, action);
  return {
    deskFile,
    async tighten(action) {
      await expectStatus('applied', ask('ada', action));
    },
    async loosen(action) {
      await expectStatus('waiting', ask('ada', action));
      await expectStatus('applied', ask('bea', action));
    },
  };
}

type Asking = {
  socket: string;
  clock: Clock;
  operator: (typeof NAMES)[number];
  key: KeyObject;
};

async function command(
  { socket, clock, operator, key }: Asking,
  action: OperatorAction,
): Promise<OperatorOutcome> {
  const signed = signCommand({ operator, gateway: SENDER, unixMs: nextMs(operator), action }, key);
  const question = { kind: 'command', bytes: signed } as const;
  return (await askControl(socket, question, {
    ...{ clock, timers: wallTimers(clock) },
  })) as OperatorOutcome;
}

const latestMs = new Map<string, number>();

/** Later than the one before, also within a millisecond. */
function nextMs(operator: string): number {
  const ms = Math.max(Date.now(), (latestMs.get(operator) ?? 0) + 1);
  latestMs.set(operator, ms);
  return ms;
}

async function expectStatus(
  wanted: OperatorOutcome['status'],
  asked: Promise<OperatorOutcome>,
): Promise<void> {
  const { status, operator, text } = await asked;
  if (status === wanted) return;
  throw new OutriderError('protocol', `operator ${operator}: ${status}, not ${wanted}: ${text}`);
}
