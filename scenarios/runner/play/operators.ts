/** Two operators of the harness: keys of their own, a desk file that names them, their commands. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SENDER, TARGET } from '#cli';
import { type Clock, MILLISECOND_NS, OutriderError, SECOND_NS, wallTimers } from '#engine';
import {
  askControl,
  CONTROL_SOCKET,
  type LimitName,
  type OperatorAction,
  type OperatorOutcome,
  publicKeyText,
  type RiskListing,
  signCommand,
} from '#gateway';
import { hasDeskFile } from '../file/fault-kind.ts';
import type { Scenario } from '../file/scenario.ts';
import { SECOND_VENUE } from './parameters.ts';
import { waitUntil } from './wait.ts';

export const NAMES = ['ada', 'bea'] as const;
const VENUE = 'paper';

const HALT_NS = 10 * SECOND_NS;
const LOOK_NS = 20 * MILLISECOND_NS;

export type Operators = {
  readonly deskFile: string;
  /** Files with their private keys, by name. */
  readonly keyFiles: ReadonlyMap<string, string>;
  /** What one operator may do alone. */
  tighten(action: OperatorAction): Promise<void>;
  /** Asked for by both. */
  loosen(action: OperatorAction): Promise<void>;
  /** One operator sets a level, which `restoreLimits` has both take back. */
  setLimit(limit: { scope: string; name: LimitName; hard: number }): Promise<void>;
  restoreLimits(): Promise<void>;
  /** Waits until the venue has halted the gateway, 10 s at most. */
  untilHalted(abort: AbortSignal): Promise<void>;
  /** Both agree to the number that the venue named. */
  agreeOnNumber(): Promise<void>;
};

export type OperatorsPlace = {
  directory: string;
  trading: string;
  clock: Clock;
  /** Of the second venue. */
  second: { venue: number; feed: number };
};

/** Writes the desk file of a scenario that needs one, and the keys of its operators. */
export function openOperators(
  scenario: Scenario,
  { directory, trading, clock, second }: OperatorsPlace,
): Operators | undefined {
  if (!hasDeskFile(scenario)) return undefined;
  const { limits, execution, venues } = scenario;
  const keys = new Map(NAMES.map(name => [name, generateKeyPairSync('ed25519').privateKey]));
  const deskFile = join(directory, 'desk.json');
  const file = {
    venues: [
      { name: VENUE, ...(execution ? POLICY_PARTIES : PARTIES) },
      ...(venues > 1 ? [secondVenue(second)] : []),
    ],
    strategies: [{ name: 'alpha', account: 'fund', ...(execution && { execution }) }],
    accounts: [{ name: 'fund' }],
    limits: { scopes: limits ?? [] },
    operators: NAMES.map(name => ({ name, publicKey: publicKeyText(keys.get(name)!) })),
  };
  writeFileSync(deskFile, JSON.stringify(file));
  const keyFiles = writeKeys(keys, directory);
  const socket = join(trading, CONTROL_SOCKET);
  const ask = (operator: (typeof NAMES)[number], action: OperatorAction) =>
    command({ socket, clock, operator, key: keys.get(operator)! }, action);
  const loosen = async (action: OperatorAction) => {
    await expectStatus('waiting', ask('ada', action));
    await expectStatus('applied', ask('bea', action));
  };
  const show = () => listing(socket, clock);
  const expected = async () => (await show()).venues[0]!.expectedNumber;
  const tighten = (action: OperatorAction) => expectStatus('applied', ask('ada', action));
  const before: OperatorAction[] = [];
  return {
    ...{ deskFile, keyFiles, loosen, tighten },
    async setLimit({ scope, name, hard }) {
      const listed = (await show()).scopes.find(each => each.scope === scope);
      before.push({ kind: 'limit', scope, name, ...listed?.limits[name] });
      await tighten({ kind: 'limit', scope, name, hard });
    },
    async restoreLimits() {
      for (const action of before.splice(0)) await loosen(action);
    },
    async untilHalted(abort) {
      const untilNs = clock.nowNs() + HALT_NS;
      while ((await expected()) === undefined && !abort.aborted) {
        if (clock.nowNs() > untilNs)
          throw new OutriderError('protocol', 'the gateway did not halt');
        await waitUntil(clock, clock.nowNs() + LOOK_NS, abort);
      }
    },
    async agreeOnNumber() {
      const nextOutgoing = await expected();
      // Before the halt there is nothing to agree on.
      if (nextOutgoing === undefined) return;
      await loosen({ kind: 'sequence', venue: VENUE, reset: false, nextOutgoing });
    },
  };
}

const PARTIES = { senderCompId: SENDER, targetCompId: TARGET, postOnly: true };
/** What an execution policy sends as well. */
const POLICY_PARTIES = { ...PARTIES, timesInForce: ['day', 'ioc'] };

const secondVenue = ({ venue, feed }: OperatorsPlace['second']) => ({
  ...{ name: SECOND_VENUE, ...POLICY_PARTIES },
  ...{ address: `127.0.0.1:${venue}`, feed: `127.0.0.1:${feed}` },
});

/** As `outrider keys` would; gives the files by name. */
function writeKeys(keys: ReadonlyMap<string, KeyObject>, directory: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, key] of keys) {
    const file = join(directory, `${name}.pem`);
    writeFileSync(file, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    files.set(name, file);
  }
  return files;
}

async function listing(socket: string, clock: Clock): Promise<RiskListing> {
  const asked = askControl(socket, { kind: 'show' }, { clock, timers: wallTimers(clock) });
  return (await asked) as RiskListing;
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
