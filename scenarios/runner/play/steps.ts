/** Plays the steps of a scenario one after another: lines typed, processes handled, orders seen. */
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, MILLISECOND_NS, type Nanoseconds, OutriderError } from '#engine';
import type { Step, StepAct, StepProcess } from '../file/step.ts';
import { readFix } from '../measure/fix-bytes.ts';
import { writeExecutions, writeStatement } from './executions.ts';
import type { ManagedProcess } from './process.ts';
import { namesOf, wordsOf } from './step-names.ts';
import { openTerminal, type Said } from './terminal.ts';
import { waitUntil } from './wait.ts';
import { receivedFiles, type World } from './world.ts';

/** What became of a step; times on the clock of the harness. */
export type PlayedStep = {
  step: Step;
  /** Why it did not do what it was to do; undefined where it did. */
  problem: string | undefined;
  beganNs: Nanoseconds;
  doneNs: Nanoseconds;
};

export type StepPorts = {
  world: World;
  clock: Clock;
  abort: AbortSignal;
  event(text: string): void;
};

const LOOK_NS = 50 * MILLISECOND_NS;
/** A line is typed again after this: it takes a part of a processor. */
const TYPE_AGAIN_NS = 200 * MILLISECOND_NS;

type Stage = StepPorts & { names: Map<string, string[]>; type: Typist };
type Typist = (parameters: readonly string[]) => Promise<Said>;

/** The first that fails is the last that is played. */
export async function playSteps(steps: readonly Step[], ports: StepPorts): Promise<PlayedStep[]> {
  const { world, clock, abort, event } = ports;
  const terminal = openTerminal();
  const stage = { ...ports, names: namesOf(world), type: terminal.type };
  const played: PlayedStep[] = [];
  try {
    for (const step of steps) {
      if (abort.aborted) break;
      const beganNs = clock.nowNs();
      const problem = await playStep(step, stage);
      if (abort.aborted) break;
      played.push({ step, problem, beganNs, doneNs: clock.nowNs() });
      event(`step ${step.name}${problem === undefined ? '' : `: ${problem}`}`);
      if (problem !== undefined) break;
    }
    return played;
  } finally {
    await terminal.close();
  }
}

/** Why it failed, if it did. */
async function playStep(step: Step, stage: Stage): Promise<string | undefined> {
  const { act } = step;
  switch (act.kind) {
    case 'type':
      return await typeUntilSaid(step, act, stage);
    case 'read':
      return await typeUntilSaid(step, { line: act.file, repeatNs: act.repeatNs }, reading(stage));
    case 'log':
      handleLog(act.what, stage.world.folders.trading);
      return undefined;
    case 'telephone':
      callVenue(act.call, stage);
      return undefined;
    case 'orders':
      return await untilOrders(step, act, stage);
    case 'quiet':
      return await beQuiet(act.ns, stage);
    case 'stop':
    case 'go-on':
    case 'kill':
    case 'end':
    case 'start':
      return await handle(step, act, stage);
  }
}

/** Once where no time was given: what operators sign is not said twice. */
async function typeUntilSaid(
  { exit, says, keep }: Step,
  { line, repeatNs }: { line: string; repeatNs: Nanoseconds },
  { world, clock, abort, names, type }: Stage,
): Promise<string | undefined> {
  const untilNs = clock.nowNs() + repeatNs;
  for (;;) {
    noteVenueFiles(line, { world, names });
    const said = await type(wordsOf(line, names));
    const problem = problemOf(said, { exit, says, keep });
    if (problem === undefined) {
      for (const [name, pattern] of Object.entries(keep)) {
        names.set(name, [pattern.exec(said.text)![1]!]);
      }
      return undefined;
    }
    if (clock.nowNs() >= untilNs || abort.aborted) return problem;
    await waitUntil(clock, clock.nowNs() + TYPE_AGAIN_NS, abort);
  }
}

/** In place of a command that is typed: what a file has. */
const reading = (stage: Stage): Stage => ({
  ...stage,
  type: async ([file = '']) =>
    existsSync(file)
      ? { exit: 0, text: readFileSync(file, 'utf8') }
      : { exit: 1, text: `${file}: not there` },
});

/** Files that the venue's desk, or a clearer, would send are made when they are asked for. */
function noteVenueFiles(line: string, { world, names }: Pick<Stage, 'world' | 'names'>): void {
  const { folders, relay } = world;
  if (line.includes('$EXECUTIONS')) names.set('EXECUTIONS', [writeExecutions(folders)]);
  if (line.includes('$STATEMENT')) {
    names.set('STATEMENT', [writeStatement(folders, relay.instruments)]);
  }
}

function handleLog(what: 'keep' | 'lose' | 'restore', trading: string): void {
  const [log, kept] = [join(trading, 'gateway.log'), join(trading, 'kept.log')];
  if (what === 'keep') cpSync(log, kept, { recursive: true });
  else rmSync(log, { recursive: true });
  if (what === 'restore') cpSync(kept, log, { recursive: true });
}

function callVenue(call: string, { world, names }: Stage): void {
  const [kind, orderId] = wordsOf(call, names);
  const about = orderId === undefined ? {} : { orderId: Number(orderId) };
  world.process('venue').tell({ kind, ...about });
}

const SHOWN_MAX = 400;

function problemOf(
  { exit, text }: Said,
  wanted: Pick<Step, 'exit' | 'says' | 'keep'>,
): string | undefined {
  const shown = text.length > SHOWN_MAX ? `... ${text.slice(-SHOWN_MAX)}` : text;
  if (exit !== wanted.exit) return `exit ${exit}, not ${wanted.exit}: ${shown}`;
  const patterns = [...(wanted.says ? [wanted.says] : []), ...Object.values(wanted.keep)];
  const missing = patterns.find(pattern => !pattern.test(text));
  return missing && `nothing like ${missing.source} in: ${shown}`;
}

async function untilOrders(
  { at }: Step,
  { count, withinNs }: Extract<StepAct, { kind: 'orders' }>,
  { world, clock, abort }: Stage,
): Promise<string | undefined> {
  const seen = () => ordersAt(world, at);
  const before = seen();
  const untilNs = clock.nowNs() + withinNs;
  while (seen() < before + count) {
    if (clock.nowNs() >= untilNs || abort.aborted) {
      return `${seen() - before} of ${count} new orders reached the ${at}`;
    }
    await waitUntil(clock, clock.nowNs() + LOOK_NS, abort);
  }
  return undefined;
}

async function beQuiet(ns: Nanoseconds, { world, clock, abort }: Stage) {
  const seen = () => ordersAt(world, 'venue') + ordersAt(world, 'second-venue');
  const before = seen();
  await waitUntil(clock, clock.nowNs() + ns, abort);
  const later = seen() - before;
  return later === 0 ? undefined : `${later} new orders reached a venue`;
}

/** New and replacing orders that the venue has received. */
function ordersAt(world: World, at: Step['at']): number {
  const file = receivedFiles(world.folders)[at];
  if (!existsSync(file)) return 0;
  return readFix(readFileSync(file, 'latin1')).messages.filter(
    ({ type, isDuplicate }) => (type === 'D' || type === 'G') && !isDuplicate,
  ).length;
}

type Handling = Extract<StepAct, { process: StepProcess }>;

async function handle(
  { with: parameters }: Step,
  { kind, process: name, withinNs }: Handling,
  { world, clock, abort }: Stage,
): Promise<string | undefined> {
  const managed = processOf(world, name);
  switch (kind) {
    case 'stop':
      managed.signal('SIGSTOP');
      return undefined;
    case 'go-on':
      managed.signal('SIGCONT');
      return undefined;
    case 'start':
      await start(world, name, parameters.split(' ').filter(Boolean));
      return undefined;
    case 'kill':
    case 'end':
      managed.expectEnd();
      endAll(managed, kind === 'kill' ? 'SIGKILL' : 'SIGTERM');
      return await ended(managed, kind, { clock, abort, untilNs: clock.nowNs() + withinNs });
  }
}

/** A watchdog is killed first: it would tell the witness. An order to stop it hands on. */
function endAll(managed: ManagedProcess, signal: 'SIGKILL' | 'SIGTERM'): void {
  managed.signal(signal);
  const { pid } = managed.ports;
  if (signal === 'SIGKILL' && pid !== undefined) process.kill(pid, signal);
}

async function ended(
  managed: ManagedProcess,
  kind: 'kill' | 'end',
  { clock, abort, untilNs }: { clock: Clock; abort: AbortSignal; untilNs: Nanoseconds },
): Promise<string | undefined> {
  const late = waitUntil(clock, untilNs, abort).then(() => undefined);
  const exit = await Promise.race([managed.exited, late]);
  if (exit === undefined) return `${managed.name} did not end in time`;
  const isDone = kind === 'kill' || exit.status === 0;
  return isDone ? undefined : `${managed.name} ended with ${exit.status ?? exit.signal}`;
}

function processOf({ pair, process, run }: World, name: StepProcess): ManagedProcess {
  if (name === 'run') return run;
  if (name !== 'A' && name !== 'B') return process(name);
  if (pair !== undefined) return pair.node(name).process;
  throw new OutriderError('bad-config', `${name}: no node of a pair; set gateway: pair`);
}

async function start(world: World, name: StepProcess, further: readonly string[]): Promise<void> {
  if (name === 'A' || name === 'B') await world.pair!.start(name, further);
  else if (name !== 'run') await world.restart(name, further);
}
