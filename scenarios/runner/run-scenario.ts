/** A scenario from its file to its verdict on disk: read, play, judge, write. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Clock,
  MILLISECOND_NS,
  midnightBefore,
  OutriderError,
  SECOND_NS,
  wallClock,
} from '#engine';
import { judgeEdges } from './edges/judge-edges.ts';
import { playEdges } from './edges/play-edges.ts';
import { deliveredCsv } from './feed/delivered.ts';
import { type EdgeScenario, edgeScenarioOf, isEdgeScenario } from './file/edge-scenario.ts';
import { scaledScenario } from './file/scaled.ts';
import { type Scenario, scenarioOf } from './file/scenario.ts';
import { isStreamScenario, type StreamScenario, streamScenarioOf } from './file/stream-scenario.ts';
import { openYaml } from './file/yaml.ts';
import { judge } from './judge.ts';
import type { Measured } from './measure/metric.ts';
import { type PlayOptions, play } from './play/play.ts';
import {
  createResult,
  failedResult,
  type PlayedTimes,
  type ResultHead,
} from './result/create-result.ts';
import { figureOf } from './result/figure-text.ts';
import { junitXml } from './result/junit.ts';
import { resultPage } from './result/page.ts';
import { EXIT, type Result, resultSchema } from './result/result.ts';
import { judgeStreams } from './streams/judge-streams.ts';
import { playStreams } from './streams/play-streams.ts';
import type { Verdict } from './verdict.ts';

export type RunScenarioOptions = {
  file: string;
  /** Must be new or empty. */
  directory: string;
  /** Times of load and faults are multiplied by it. */
  scale: number;
  /** In place of the file's. */
  seed: number | undefined;
  /** Throws `bad-config` for options that no run takes. */
  checkOptions(options: Scenario['options']): void;
  /** Ends it early: faults are undone, processes ended, and the exit status is 107. */
  abort: AbortSignal;
  print(line: string): void;
};

/** Resolves to the exit status: see `EXIT`. Never rejects for what the scenario met. */
export async function runScenario(options: RunScenarioOptions): Promise<number> {
  const { file, directory, scale, print } = options;
  let read: ReadScenario;
  try {
    read = readAndCheck(options);
    makeEmpty(directory);
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    print(error.message);
    return error.code === 'bad-config' ? EXIT['bad-file'] : EXIT['harness-error'];
  }
  const { scenario } = read;
  const head = { scenario, file, scale, startedAt: new Date().toISOString() };
  const { result, measured } = await playAndJudge(head, read, options);
  writeFileSync(join(directory, 'result.json'), `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(join(directory, 'junit.xml'), junitXml(result));
  writeFileSync(join(directory, 'result.html'), resultPage(result, measured));
  for (const line of summary(result)) print(line);
  print(`${result.outcome}: ${directory}/result.html`);
  return result.exitStatus;
}

type ReadScenario =
  | { readonly kind: 'desk'; readonly scenario: Scenario }
  | { readonly kind: 'streams'; readonly scenario: StreamScenario }
  | { readonly kind: 'edges'; readonly scenario: EdgeScenario };

function readAndCheck({ file, scale, seed, checkOptions }: RunScenarioOptions): ReadScenario {
  const source = openYaml(file);
  const own = seed === undefined ? {} : { seed };
  if (isStreamScenario(source)) {
    const scenario = scaledScenario(streamScenarioOf(source), scale);
    return { kind: 'streams', scenario: { ...scenario, ...own } };
  }
  if (isEdgeScenario(source)) {
    const scenario = scaledScenario(edgeScenarioOf(source), scale);
    return { kind: 'edges', scenario: { ...scenario, ...own } };
  }
  const scenario = scaledScenario(scenarioOf(source), scale);
  checkOptions(scenario.options);
  return { kind: 'desk', scenario: { ...scenario, ...own } };
}

async function playAndJudge(
  head: ResultHead,
  read: ReadScenario,
  { directory, abort, print }: RunScenarioOptions,
): Promise<{ result: Result; measured: Measured | undefined }> {
  const originNs = midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS));
  const clock = wallClock(originNs);
  const event = timedPrint(clock, print);
  try {
    const ports = { directory, clock, originNs, abort, event };
    const { played, verdict } = await playRead(read, ports);
    const { measured } = verdict;
    return { result: resultSchema.parse(createResult(head, played, verdict)), measured };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const message = error instanceof OutriderError ? error.message : text;
    return { result: failedResult(head, message), measured: undefined };
  }
}

type Judged = { played: PlayedTimes; verdict: Verdict };

async function playRead(read: ReadScenario, ports: PlayOptions): Promise<Judged> {
  switch (read.kind) {
    case 'desk':
      return await playDesk(read.scenario, ports);
    case 'streams':
      return await playGroup(read.scenario, ports);
    case 'edges': {
      const played = await playEdges(read.scenario, ports);
      return { played, verdict: judgeEdges(read.scenario, played) };
    }
  }
}

async function playDesk(scenario: Scenario, ports: PlayOptions): Promise<Judged> {
  const played = await play(scenario, ports);
  writeFileSync(join(ports.directory, 'feed.csv'), deliveredCsv(played.delivered));
  return { played, verdict: await judge(scenario, played, ports.originNs) };
}

async function playGroup(scenario: StreamScenario, ports: PlayOptions): Promise<Judged> {
  const played = await playStreams(scenario, ports);
  return { played, verdict: judgeStreams(scenario, played) };
}

function timedPrint(clock: Clock, print: (line: string) => void): (text: string) => void {
  const startNs = clock.nowNs();
  return text => print(`${((clock.nowNs() - startNs) / SECOND_NS).toFixed(2).padStart(7)} ${text}`);
}

function makeEmpty(directory: string): void {
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new OutriderError('bad-usage', `${directory}: not empty; give another folder`);
  }
  mkdirSync(directory, { recursive: true });
}

function summary({ invariants, thresholds, error }: Result): string[] {
  return [
    ...(error === null ? [] : [error]),
    ...invariants.flatMap(({ name, claim, holds, checked, violations }) => [
      `${holds ? 'ok' : 'BROKEN'} ${name}: ${claim} (${checked} looked at)`,
      ...violations.slice(0, 5).map(violation => `   ${violation}`),
    ]),
    ...thresholds.map(({ text, isMet, observed, values }) => {
      const seen = `${figureOf(text, observed)} of ${values} values`;
      return `${isMet ? 'ok' : 'MISSED'} ${text}: ${seen}`;
    }),
  ];
}
