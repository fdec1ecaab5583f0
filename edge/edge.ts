/** An edge at work: it journals what happens, steps, drafts, asks the verifier, sends signals. */
import { type Clock, invariant, type Nanoseconds, type Timers } from '#engine';
import type { Signal } from '#gateway/signal';
import {
  type Forecast,
  forecastIdentity,
  hasSameValues,
  isReady,
  type Model,
  underNextSideInputs,
} from '#law';
import type { Tick } from '#market';
import type { Answer, VerifierLink } from '#verifier/protocol';
import {
  clearEdgeEffects,
  clearEntries,
  createEdgeEffects,
  type Decision,
  type EdgeEffects,
  type Take,
  takeOf,
} from './effects.ts';
import type { EdgeEvent } from './event.ts';
import { type Asker, createAsker } from './forecast/asking.ts';
import { type Breaker, type BreakerConfig, createBreaker } from './forecast/breaker.ts';
import type { Drafted, Drafter } from './forecast/drafter.ts';
import { speculationsWaiting } from './forecast/look-ahead.ts';
import { type Asking, requestsOf } from './forecast/requests.ts';
import { createSpeculator, type SpeculationSize, type Speculator } from './forecast/speculator.ts';
import { createVerdictStore, type VerdictStore } from './forecast/verdict-store.ts';
import type { EdgeLatency } from './latency.ts';
import { restartInstrument, type TakenOver } from './market-state.ts';
import { ASKED_MAX, createEdgeState, type EdgeConfig, type EdgeState } from './state.ts';
import { stepEdge } from './step.ts';

export type EdgeOptions = {
  config: EdgeConfig;
  size: SpeculationSize;
  /** Contexts of one request to the verifier: a speculation of more is asked for in several. */
  contextsPerRequest: number;
  /** Absent, and no drafter: no provisional forecasts or branches; moves wait for the verifier. */
  draft: Model | undefined;
  deadlineNs: number;
  breaker: BreakerConfig;
  /** In lockstep only settled forecasts reach the decision. */
  isLockstep: boolean;
};

export type EdgePorts = {
  clock: Clock;
  timers: Timers;
  link: VerifierLink;
  /** Journals an event before it is stepped; the event is the edge's and changes afterwards. */
  journal(event: EdgeEvent): void;
  /** Makes the journal safe before a signal leaves. */
  flush(): void;
  onSignal(signal: Signal): void;
  onDecision(decision: Decision): void;
  /** Every settled forecast that reached the decision, once. */
  onSettled(settled: Settled): void;
  latency: EdgeLatency;
  /** Drafts in place of `draft`, where that would have this thread wait. */
  drafter?: Drafter | undefined;
};

export type Edge = {
  readonly state: EdgeState;
  readonly breaker: Breaker;
  /** A drained batch in the log's order; its latest was due at `injectedNs`. Then `publish`. */
  onTicks(ticks: Tick[], injectedNs: Nanoseconds): void;
  /** Tells observers what was settled and decided since. */
  publish(): void;
  onAnswer(answer: Answer): void;
  /** The drafter has drafted; what came too late is dropped. */
  onDrafted(drafted: Drafted): void;
  /** The link went down: what was asked over it will not be answered. */
  onLinkLost(): void;
  onPosition(instrument: number, positionLots: number): void;
  onGap(instrument: number): void;
  /** As the link to the feed measures it; what says nothing new is not journalled. */
  onClockOffset(offsetNs: Nanoseconds): void;
  /**
   * Freezes side inputs, as many as the target takes, in 1/256: later contexts have them. Values
   * that say nothing new make no version.
   */
  onSideInputs(instrument: number, values: Int16Array): void;
  /** Takes an instrument over, or lets go of it: what else was under way for it is forgotten. */
  restart(instrument: number, taken?: TakenOver): void;
  /** Nothing is journalled or decided any more; timers still under way find nobody. */
  close(): void;
};

type Workings = {
  options: EdgeOptions;
  ports: EdgePorts;
  state: EdgeState;
  asker: Asker;
  breaker: Breaker;
  store: VerdictStore;
  speculators: (Speculator | undefined)[];
  /** When each request went out, by its id. */
  askedNs: Map<number, Nanoseconds>;
  /** Of each instrument's latest context with the drafter: its tick, and when it was given. */
  drafting: { injectedNs: Nanoseconds; startedNs: Nanoseconds }[];
  /** What observers will hear once the tick's work is done: nobody waits for a report. */
  news: { decisions: Decision[]; settled: { instrument: number; forecast: Forecast }[] };
  isClosed: boolean;
  /** Of the tick at hand, used again for the next: a tick that moves nothing allocates nothing. */
  tick: { event: EdgeEvent & { kind: 'ticks' }; effects: EdgeEffects };
};

export type Settled = { instrument: number; forecastId: string; forecast: Forecast };

export function createEdge(options: EdgeOptions, ports: EdgePorts): Edge {
  const { config, draft, size } = options;
  const workings: Workings = {
    options,
    ports,
    state: createEdgeState(config),
    asker: createAsker(ports.link),
    breaker: createBreaker(options.breaker),
    store: createVerdictStore(config.instruments.length, ASKED_MAX),
    speculators: config.instruments.map(() =>
      draft === undefined ? undefined : createSpeculator(draft, config.identity.seed, size),
    ),
    askedNs: new Map(),
    drafting: [],
    news: { decisions: [], settled: [] },
    isClosed: false,
    tick: {
      event: { kind: 'ticks', timeNs: 0.5, injectedNs: 0.5, ticks: [] },
      effects: createEdgeEffects(),
    },
  };
  const nowNs = () => ports.clock.nowNs();
  return {
    state: workings.state,
    breaker: workings.breaker,
    onTicks(ticks, injectedNs) {
      // What a forgetful host left is named while its context stands.
      if (workings.news.settled.length + workings.news.decisions.length > 0) publish(workings);
      onTicks(workings, ticks, injectedNs);
    },
    publish: () => publish(workings),
    onAnswer(answer) {
      onAnswer(workings, answer);
      publish(workings);
    },
    onDrafted(drafted) {
      onDrafted(workings, drafted);
      publish(workings);
    },
    onLinkLost: () => onLinkLost(workings),
    onPosition: (instrument, positionLots) =>
      void step(workings, { kind: 'position', timeNs: nowNs(), instrument, positionLots }),
    onGap: instrument => void step(workings, { kind: 'gap', timeNs: nowNs(), instrument }),
    onClockOffset(offsetNs) {
      if (offsetNs === workings.state.clockOffsetNs) return;
      step(workings, { kind: 'clock-offset', timeNs: nowNs(), offsetNs });
    },
    onSideInputs: (instrument, values) => onSideInputs(workings, instrument, values),
    restart(instrument, taken) {
      publish(workings);
      workings.asker.resync(instrument);
      restartInstrument(workings.state, instrument, taken);
    },
    close() {
      workings.isClosed = true;
    },
  };
}

function publish({ news, ports, state }: Workings): void {
  for (const { instrument, forecast } of news.settled) {
    const { forecastId } = state.instruments[instrument]!.forecast!;
    ports.onSettled({ instrument, forecastId: forecastId(), forecast });
  }
  for (const decision of news.decisions) ports.onDecision(decision);
  clearEntries(news.settled);
  clearEntries(news.decisions);
}

/** Journals, steps, and lets out what the step decided; `onDecided` comes before that. */
function step(
  workings: Workings,
  event: EdgeEvent,
  onDecided?: (nowNs: Nanoseconds) => void,
): EdgeEffects {
  const effects = createEdgeEffects();
  stepInto(workings, event, effects);
  if (workings.isClosed) return effects;
  onDecided?.(workings.ports.clock.nowNs());
  letOut(workings, effects);
  return effects;
}

function stepInto({ isClosed, ports, state }: Workings, event: EdgeEvent, effects: EdgeEffects) {
  if (isClosed) return;
  ports.journal(event);
  stepEdge(state, event, effects);
}

function letOut({ news, ports }: Workings, { decisions, signals }: EdgeEffects): void {
  for (const decision of decisions) news.decisions.push(decision);
  if (signals.length > 0) ports.flush();
  for (const signal of signals) ports.onSignal(signal);
}

function onTicks(workings: Workings, ticks: Tick[], injectedNs: Nanoseconds): void {
  const { ports } = workings;
  const timeNs = ports.clock.nowNs();
  ports.latency.ingested(injectedNs, timeNs);
  const { event, effects } = workings.tick;
  event.timeNs = timeNs;
  event.injectedNs = injectedNs;
  event.ticks = ticks;
  clearEdgeEffects(effects);
  stepInto(workings, event, effects);
  letOut(workings, effects);
  const { moved, takes } = effects;
  ports.latency.observed(timeNs, ports.clock.nowNs());
  for (let at = 0; at < moved.length; at++) {
    const instrument = moved[at]!;
    const hit = takeOf(takes, instrument);
    if (hit !== undefined) {
      take(workings, hit, nowNs => ports.latency.hit(injectedNs, nowNs));
    } else {
      proposeProvisional(workings, instrument, injectedNs);
    }
    const isMiss = hit === undefined;
    if (!beginDrafting(workings, instrument, isMiss)) lookAhead(workings, instrument, isMiss);
  }
}

/** A verified forecast becomes the present one, and is decided on. */
function take(
  workings: Workings,
  { instrument, requestId, branch }: Take,
  onDecided: (nowNs: Nanoseconds) => void,
): void {
  const { store, state, ports } = workings;
  const settled = store.find(instrument, requestId, branch);
  invariant(settled !== undefined, 'a verdict is kept as long as it may be asked for');
  const { moveIndex } = state.instruments[instrument]!.context;
  const { forecast } = settled;
  const timeNs = ports.clock.nowNs();
  const basis = 'verified';
  const event = { kind: 'forecast', timeNs, instrument, moveIndex, basis, forecast } as const;
  step(workings, event, onDecided);
  workings.news.settled.push({ instrument, forecast });
}

function proposeProvisional(workings: Workings, instrument: number, injectedNs: Nanoseconds): void {
  const { ports, state, speculators, options } = workings;
  const speculator = speculators[instrument];
  if (speculator === undefined) return;
  const { context } = state.instruments[instrument]!;
  const startedNs = ports.clock.nowNs();
  speculator.begin(context);
  speculator.draftPresent();
  if (options.isLockstep) return;
  const forecast = speculator.provisional();
  const timeNs = ports.clock.nowNs();
  const { moveIndex } = context;
  const basis = 'provisional';
  const draftedNs = timeNs;
  step(workings, { kind: 'forecast', timeNs, instrument, moveIndex, basis, forecast }, nowNs =>
    ports.latency.provisional({ injectedNs, startedNs, draftedNs, nowNs }),
  );
}

/** False where no drafter has anything to do; the deadline of a miss runs from now on. */
function beginDrafting(workings: Workings, instrument: number, isMiss: boolean): boolean {
  const { ports, state, drafting, tick } = workings;
  if (ports.drafter === undefined || !(isMiss || mayAsk(workings, instrument))) return false;
  const { context: present } = state.instruments[instrument]!;
  const context = isMiss ? present : underNextSideInputs(present);
  if (!ports.drafter.begin({ instrument, context, wantsPresent: isMiss })) return false;
  const { injectedNs } = tick.event;
  drafting[instrument] = { injectedNs, startedNs: ports.clock.nowNs() };
  if (isMiss) awaitDeadline(workings, instrument, context.moveIndex);
  return true;
}

function onDrafted(workings: Workings, drafted: Drafted): void {
  const { ports, state, drafting, isClosed } = workings;
  const { instrument, epoch, moveIndex } = drafted;
  const { context, forecast: known } = state.instruments[instrument]!;
  if (isClosed || epoch !== context.epoch || moveIndex !== context.moveIndex) return;
  if (drafted.kind === 'branches') {
    if (mayAsk(workings, instrument)) ask(workings, instrument, drafted);
    return;
  }
  // A verdict may have been quicker.
  if (known !== undefined) return;
  const { forecast } = drafted;
  const timeNs = ports.clock.nowNs();
  const at = { ...drafting[instrument]!, draftedNs: timeNs };
  const basis = 'provisional';
  step(workings, { kind: 'forecast', timeNs, instrument, moveIndex, basis, forecast }, nowNs =>
    ports.latency.provisional({ ...at, nowNs }),
  );
}

/** Drafts what the next move may bring and has it verified before it is there. */
function lookAhead(workings: Workings, instrument: number, wantsPresent: boolean): void {
  const { state, speculators } = workings;
  const context = underNextSideInputs(state.instruments[instrument]!.context);
  if (wantsPresent) awaitDeadline(workings, instrument, context.moveIndex);
  if (!mayAsk(workings, instrument)) return;
  const speculator = speculators[instrument];
  if (speculator !== undefined && !wantsPresent) speculator.begin(context);
  const branches = speculator?.branches() ?? new Uint8Array(0);
  ask(workings, instrument, { wantsPresent, branches, hints: speculator?.hints() });
}

function mayAsk({ ports, state, breaker }: Workings, instrument: number): boolean {
  const { asked } = state.instruments[instrument]!;
  return ports.link.state === 'up' && breaker.allows(speculationsWaiting(asked));
}

function ask(workings: Workings, instrument: number, asking: Asking): void {
  const { ports, state, options, asker } = workings;
  const requests = requestsOf(asking, options.contextsPerRequest);
  if (requests.length === 0) return;
  const context = underNextSideInputs(state.instruments[instrument]!.context);
  const identity = forecastIdentity(context, options.config.identity);
  const about = { instrument, identity, budgetNs: options.deadlineNs };
  for (const { wantsPresent, branches, hints } of requests) {
    const question = { ...about, wantsPresent, branches, hints };
    const requestId = asker.ask(context, question);
    if (requestId === undefined) return;
    const timeNs = ports.clock.nowNs();
    workings.askedNs.set(requestId, timeNs);
    step(workings, { kind: 'asked', timeNs, instrument, requestId, wantsPresent, branches });
  }
}

/** Asks anew what the next move may bring, unless the present has still to be answered. */
function onSideInputs(workings: Workings, instrument: number, values: Int16Array): void {
  const { ports, state } = workings;
  const { context, awaits } = state.instruments[instrument]!;
  const version = context.nextSideInputs.version + 1;
  if (hasSameValues(context.nextSideInputs, { version, values })) return;
  const timeNs = ports.clock.nowNs();
  const { moveIndex } = context;
  step(workings, { kind: 'side-inputs', timeNs, instrument, moveIndex, version, values });
  if (awaits !== undefined || !isReady(context)) return;
  if (!beginDrafting(workings, instrument, false)) lookAhead(workings, instrument, false);
}

function awaitDeadline(workings: Workings, instrument: number, moveIndex: number): void {
  const { ports, state, options, breaker } = workings;
  const { epoch } = state.instruments[instrument]!.context;
  ports.timers.at(ports.clock.nowNs() + options.deadlineNs, () => {
    const { awaits, context } = state.instruments[instrument]!;
    if (awaits !== moveIndex || context.epoch !== epoch) return;
    breaker.onDeadlineMissed();
    step(workings, { kind: 'deadline', timeNs: ports.clock.nowNs(), instrument, moveIndex });
  });
}

function onAnswer(workings: Workings, answer: Answer): void {
  const { ports, state, store, breaker, asker, askedNs, options } = workings;
  const { requestId } = answer.kind === 'verdict' ? answer.verdict : answer.refusal;
  const timeNs = ports.clock.nowNs();
  const sentNs = askedNs.get(requestId);
  askedNs.delete(requestId);
  if (answer.kind === 'refusal') {
    const instrument = state.instruments.findIndex(({ asked }) =>
      asked.some(a => a.requestId === requestId),
    );
    if (instrument < 0) return;
    if (answer.refusal.reason === 'resync') asker.resync(instrument);
    step(workings, { kind: 'unanswered', timeNs, instrument, requestId });
    return;
  }
  breaker.onVerdict();
  const { instrument, serviceNs, drafted, accepted } = answer.verdict;
  store.keep(answer.verdict);
  if (sentNs !== undefined) ports.latency.verified(sentNs, timeNs, serviceNs);
  const drafts = options.isLockstep ? undefined : { drafted, accepted };
  const event: EdgeEvent = { kind: 'verdict', timeNs, instrument, requestId, drafts };
  for (const late of step(workings, event).takes) {
    const { tickTimeNs } = state.instruments[instrument]!;
    take(workings, late, nowNs => ports.latency.miss(tickTimeNs, nowNs));
  }
}

function onLinkLost(workings: Workings): void {
  const { ports, state, asker, askedNs } = workings;
  askedNs.clear();
  for (const [instrument, { asked }] of state.instruments.entries()) {
    asker.resync(instrument);
    for (const { requestId } of asked.filter(a => a.state === 'waiting')) {
      step(workings, { kind: 'unanswered', timeNs: ports.clock.nowNs(), instrument, requestId });
    }
  }
}
