/** One failure in a running world, from trading through it to rest, and what the checker says. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '#engine';
import type { Verdict } from './checker/check.ts';
import { between, type Failure, FailureMissed, pause, waitFor } from './failures/failure.ts';
import type { Judge } from './judge.ts';
import type { Source } from './source.ts';

/** What is played in: one gateway, or a pair of them. */
export type Arena = {
  /** Gets what checker/evidence.ts names. */
  readonly directory: string;
  /** Handed on to venues so far. */
  readonly upBytes: number;
  readonly source: Source;
  /** All that is meant to run does. */
  readonly isGatewayAlive: boolean;
  /** Starts what does not. */
  startGateway(): Promise<void>;
  /** Where the log is elsewhere: brings it into the directory. */
  collect?(): Promise<void>;
};

export type Played = {
  failure: string;
  group: Failure['group'];
  /** Of everything the world has done up to now. */
  verdict: Verdict | undefined;
  /** What is wrong, in words. */
  problems: string[];
  /** The point was not reached. */
  isMissed: boolean;
  /** From the end of the failure until every wish was fulfilled again. */
  recoveryMs: number;
  tookMs: number;
};

/** It trades for so long before something fails. */
const WARM_MS = [40, 200] as const;
const START_TRIES = 3;
const UP_MS = 30_000;
const REST_MS = 30_000;
/** The wire says nothing but heartbeats for so long: at rest. */
const QUIET_MS = 80;
/** What is still under way looks like a finding: looked at again, so often, ever later. */
const LOOKS = 4;
const LOOK_MS = 300;

export async function playFailure<W extends Arena>(
  world: W,
  failure: Failure<W>,
  { random, judge }: { random: SeededRandom; judge: Judge },
): Promise<Played> {
  const startMs = performance.now();
  const played: Played = {
    ...{ failure: failure.name, group: failure.group, verdict: undefined, problems: [] },
    ...{ isMissed: false, recoveryMs: 0, tookMs: 0 },
  };
  await revive(world);
  world.source.trade();
  await pause(between(random, ...WARM_MS));
  try {
    await failure.inflict(world, random);
  } catch (error) {
    if (error instanceof FailureMissed) played.isMissed = true;
    else played.problems.push((error as Error).message);
  }
  const failedMs = performance.now();
  played.problems.push(...(await comeToRest(world)));
  played.recoveryMs = performance.now() - failedMs;
  if (played.problems.length === 0) {
    try {
      played.verdict = await verdictOn(world, judge);
    } catch (error) {
      played.problems.push((error as Error).message);
    }
  }
  const findings = played.verdict?.findings ?? [];
  played.problems.push(...findings.map(({ rule, text }) => `${rule}: ${text}`));
  played.tookMs = performance.now() - startMs;
  return played;
}

/** What would start a process again that has ended. */
async function revive(world: Arena): Promise<boolean> {
  for (let tries = 0; !world.isGatewayAlive && tries < START_TRIES; tries++) {
    await world.startGateway().catch(() => {});
  }
  return world.isGatewayAlive;
}

async function comeToRest(world: Arena): Promise<string[]> {
  const { source } = world;
  if (!(await revive(world))) return ['the gateway does not start any more'];
  if (!(await waitFor(() => source.isUp, UP_MS))) return ['the link does not come up any more'];
  source.rest();
  const isThere = await isAtRest(world);
  source.fallSilent();
  if (isThere) return [];
  const [desired, said] = [source.desired, source.positions].map(lots => lots.join(' and '));
  return [`stuck: ${desired} lots are wished for, ${said} are held after ${REST_MS} ms`];
}

async function isAtRest(world: Arena): Promise<boolean> {
  const { source } = world;
  let seen = -1;
  let sinceMs = 0;
  const isFulfilled = () => source.desired.every((lots, at) => lots === source.positions[at]);
  return await waitFor(() => {
    const { upBytes } = world;
    if (upBytes !== seen || !isFulfilled()) {
      seen = upBytes;
      sinceMs = performance.now();
    }
    return performance.now() - sinceMs > QUIET_MS;
  }, REST_MS);
}

async function verdictOn(world: Arena, { judge }: Judge): Promise<Verdict> {
  const { directory, source } = world;
  for (let look = 1; ; look++) {
    await world.collect?.();
    const settled = { desired: source.desired, said: source.positions };
    writeFileSync(join(directory, 'settled.json'), JSON.stringify(settled));
    const verdict = await judge(directory);
    if (verdict.findings.length === 0 || look === LOOKS) return verdict;
    await pause(2 ** look * LOOK_MS);
  }
}
