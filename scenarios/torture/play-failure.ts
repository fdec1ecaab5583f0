/** One failure in a running world, from trading through it to rest, and what the checker says. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '#engine';
import { check, type Verdict } from './checker/check.ts';
import { readEvidence } from './checker/evidence.ts';
import { between, type Failure, FailureMissed, pause, waitFor } from './failures/failure.ts';
import type { World } from './world.ts';
import { writeReplay } from './write-replay.ts';

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
const UP_MS = 12_000;
const REST_MS = 15_000;
/** The wire says nothing but heartbeats for so long: at rest. */
const QUIET_MS = 80;
/** What is still under way looks like a finding: looked at again, so often, ever later. */
const LOOKS = 3;
const LOOK_MS = 400;

export async function playFailure(
  world: World,
  failure: Failure,
  random: SeededRandom,
): Promise<Played> {
  const startMs = performance.now();
  const played: Played = {
    ...{ failure: failure.name, group: failure.group, verdict: undefined, problems: [] },
    ...{ isMissed: false, recoveryMs: 0, tookMs: 0 },
  };
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
  if (played.problems.length === 0) played.verdict = await judge(world);
  const findings = played.verdict?.findings ?? [];
  played.problems.push(...findings.map(({ rule, text }) => `${rule}: ${text}`));
  played.tookMs = performance.now() - startMs;
  return played;
}

async function comeToRest(world: World): Promise<string[]> {
  const { source } = world;
  for (let tries = 0; !world.isGatewayAlive; tries++) {
    if (tries === START_TRIES) return ['the gateway does not start any more'];
    await world.startGateway().catch(() => {});
  }
  if (!(await waitFor(() => source.isUp, UP_MS))) return ['the link does not come up any more'];
  source.rest();
  const isThere = await isAtRest(world);
  source.fallSilent();
  if (isThere) return [];
  const [desired, said] = [source.desired, source.positions].map(lots => lots.join(' and '));
  return [`stuck: ${desired} lots are wished for, ${said} are held after ${REST_MS} ms`];
}

async function isAtRest({ source, recorder }: World): Promise<boolean> {
  let seen = -1;
  let sinceMs = 0;
  const isFulfilled = () => source.desired.every((lots, at) => lots === source.positions[at]);
  return await waitFor(() => {
    const { upBytes } = recorder;
    if (upBytes !== seen || !isFulfilled()) {
      seen = upBytes;
      sinceMs = performance.now();
    }
    return performance.now() - sinceMs > QUIET_MS;
  }, REST_MS);
}

async function judge(world: World): Promise<Verdict> {
  const { directory, source } = world;
  for (let look = 1; ; look++) {
    const settled = { desired: source.desired, said: source.positions };
    writeFileSync(join(directory, 'settled.json'), JSON.stringify(settled));
    writeReplay(directory);
    const verdict = check(readEvidence(directory));
    if (verdict.findings.length === 0 || look === LOOKS) return verdict;
    await pause(look * LOOK_MS);
  }
}
