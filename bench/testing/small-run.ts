/** A small run of the real parts on a virtual clock, with its evidence, for tests. */

import {
  createEdge,
  type Decision,
  type Edge,
  type EdgeState,
  noEdgeLatency,
  workParent,
} from '#edge';
import {
  DAY_NS,
  exponentialVariate,
  MILLISECOND_NS,
  SECOND_NS,
  seededRandom,
  type VirtualTime,
  virtualTime,
} from '#engine';
import {
  createCounterparty,
  createGateway,
  type GatewayEvent,
  type GatewayState,
  type Limits,
  memoryStore,
  recordedMarket,
  referenceVenue,
  type Signal,
  type VenueEvent,
} from '#gateway';
import { type Instrument, loadReferenceData, type Quote, referenceInstrument } from '#market';
import { loadNgramPair } from '#models';
import { createVerifierSession } from '#verifier';
import type { Answer, Speculation, VerifierLink, VerifierTerms } from '#verifier/protocol';
import type { Settled } from '../evidence/law-digests.ts';
import { createEvidence, type Evidence } from '../evidence.ts';

export type SmallRun = {
  instruments: Instrument[];
  evidence: Evidence;
  edge: EdgeState;
  gateway: GatewayState;
  /** What the evidence was told, whole. */
  quotes: Quote[];
  decisions: Decision[];
  settled: Settled[];
  sent: Uint8Array[];
  answers: Answer[];
  /** Signed lots and positions after each fill, by instrument. */
  positions: { instrument: number; timeNs: number; lots: number }[];
};

/** Saturday 2014-05-03; its noon is where a week of foreign exchange ends. */
export const ORIGIN_NS = BigInt(Date.UTC(2014, 4, 3)) * 1_000_000n;

export const SIZE = { branches: 8, paths: 4, moves: 4 };
export const PARENT_NS = 20 * SECOND_NS;

const ONE_WAY_NS = 10 * MILLISECOND_NS;
const SEED = 7;
const PARENT = { parentLots: 20, slices: 4 };
const PARTIES = { senderCompId: 'OUTRIDER', targetCompId: 'VENUE', heartbeatNs: 30 * SECOND_NS };

const LIMITS: Limits = {
  positionLots: 500,
  orderValue: 10_000_000,
  ordersPerSecond: 50,
  collarBasisPoints: 50,
  dailyLoss: 1_000_000,
  trailingDrawdown: 1_000_000,
  tickAgeNs: SECOND_NS,
  forecastAgeNs: 60 * SECOND_NS,
};

/**
 * Two instruments, so many quotes, with the break of the session in their middle; quotes are told
 * before the edge takes them, or after.
 */
export function smallRun(ticks: number, quotesComeFirst = true): SmallRun {
  const instruments = ['EURUSD', 'XAUUSD'].map(
    symbol => referenceInstrument(loadReferenceData(), { symbol, date: '2014-05-02' })!,
  );
  const quotes = randomQuotes(ticks);
  const time = virtualTime(quotes[0]!.exchangeTimeNs);
  const evidence = createEvidence({
    instruments,
    moves: SIZE.moves,
    parentDurationNs: PARENT_NS,
  });
  const told = { decisions: [], settled: [], sent: [], answers: [], positions: [] };
  const run: Omit<SmallRun, 'edge' | 'gateway'> = { instruments, evidence, quotes, ...told };
  const parts = connectParts(run, time);
  evidence.onStart({ edge: parts.edge.state, gateway: parts.gateway.state });
  parts.gateway.onConnected();
  for (const quote of quotes) {
    time.advanceTo(quote.exchangeTimeNs);
    const events: VenueEvent[] = [];
    parts.market.onQuote(quote, events);
    if (quotesComeFirst) evidence.onQuote(quote, time.nowNs());
    parts.counterparty.onMarket(events);
    parts.edge.onTicks([quote], quote.exchangeTimeNs);
    if (!quotesComeFirst) evidence.onQuote(quote, time.nowNs());
    parts.edge.publish();
  }
  parts.gateway.command('stop');
  time.advanceTo(time.nowNs() + SECOND_NS);
  return { ...run, edge: parts.edge.state, gateway: parts.gateway.state };
}

/** Some 25 quotes a second of two random walks, now and then without a move. */
function randomQuotes(ticks: number): Quote[] {
  const random = seededRandom(11);
  const meanNs = 40 * MILLISECOND_NS;
  const mids = [138_600, 1_300_000];
  const steps = [3, 120];
  let timeNs = Math.round(DAY_NS / 2 - (ticks / 2) * meanNs);
  return Array.from({ length: ticks }, () => {
    timeNs += Math.ceil(exponentialVariate(random) * meanNs);
    const instrument = random.nextU32() % 2;
    const most = steps[instrument]!;
    const step = Math.floor((random.nextFloat() - 0.5) * 2 * (most + 1));
    mids[instrument] = mids[instrument]! + step;
    const bidIncrements = mids[instrument]!;
    const askIncrements = bidIncrements + most;
    return { kind: 'quote', instrument, exchangeTimeNs: timeNs, bidIncrements, askIncrements };
  });
}

type Told = Omit<SmallRun, 'edge' | 'gateway'>;
type Models = ReturnType<typeof loadNgramPair>;

function connectParts(run: Told, time: VirtualTime) {
  const { instruments } = run;
  const after = (callback: () => void) => void time.at(time.nowNs() + ONE_WAY_NS, callback);
  const market = recordedMarket(
    instruments.map(() => ({ quoteSizeLots: 4, bandIncrements: 1000 })),
  );
  const gateway = connectGateway(run, time, {
    send: bytes => after(() => wire.onBytes(bytes)),
    onPosition: (instrument, lots) => edge.onPosition(instrument, lots),
  });
  const counterparty = createCounterparty({
    ...{ originNs: ORIGIN_NS, instruments, market, store: memoryStore() },
    ...{ clock: time, timers: time, heartbeatNs: PARTIES.heartbeatNs },
    senderCompId: PARTIES.targetCompId,
    targetCompId: PARTIES.senderCompId,
  });
  const edge = connectEdge(run, time, signal => gateway.onSignal(signal));
  const wire = counterparty.opened({
    write: bytes => after(() => gateway.onBytes(bytes)),
    end: () => after(() => gateway.onDisconnected()),
  });
  return { edge, gateway, market, counterparty };
}

function connectEdge(run: Told, time: VirtualTime, onSignal: (signal: Signal) => void): Edge {
  const { instruments, evidence } = run;
  const models = loadNgramPair();
  const terms = termsOf(models, instruments);
  const link = connectLink({ terms, models, time }, answer => {
    run.answers.push(answer);
    evidence.onAnswer(answer);
    edge.onAnswer(answer);
  });
  const policy = workParent(
    { ...PARENT, parentDurationNs: PARENT_NS, crossAfterPercent: 50, waitSpreadPercent: 25 },
    evidence.onParent,
  );
  const { contextMoves } = terms;
  const { moves } = SIZE;
  const edge = createEdge(
    {
      config: {
        ...{ originNs: ORIGIN_NS, instruments, contextMoves, moves, policy, holdNs: 0 },
        identity: terms,
      },
      size: SIZE,
      contextsPerRequest: 2,
      draft: models.draft,
      deadlineNs: 60 * MILLISECOND_NS,
      breaker: { outstandingMax: 32, missesMax: 8 },
      isLockstep: false,
    },
    {
      ...{ clock: time, timers: time, link, latency: noEdgeLatency, onSignal },
      journal() {},
      flush() {},
      onDecision(decision) {
        run.decisions.push(decision);
        evidence.onDecision(decision);
      },
      onSettled(settled) {
        run.settled.push(settled);
        evidence.onSettled(settled);
      },
    },
  );
  return edge;
}

function termsOf({ target, draft }: Models, instruments: readonly Instrument[]): VerifierTerms {
  return {
    modelHash: target.hash,
    kernel: target.kernel,
    draftHash: draft.hash,
    seed: SEED,
    paths: SIZE.paths,
    moves: SIZE.moves,
    contextMoves: target.contextMoves,
    sideInputs: 0,
    branchesMax: SIZE.branches,
    symbols: instruments.map(({ symbol }) => symbol),
  };
}

function connectGateway(
  run: Told,
  time: VirtualTime,
  ports: { send(bytes: Uint8Array): void; onPosition(instrument: number, lots: number): void },
) {
  const { instruments, evidence } = run;
  return createGateway(
    {
      ...{ originNs: ORIGIN_NS, instruments, limits: LIMITS },
      venues: [referenceVenue(PARTIES)],
      resendAgeNs: SECOND_NS,
    },
    {
      ...{ clock: time, timers: time },
      journal(_event: GatewayEvent) {},
      disconnect() {},
      send(bytes) {
        run.sent.push(bytes);
        evidence.onSent(bytes);
        ports.send(bytes);
      },
      onPosition: ports.onPosition,
      onEffects(effects, timeNs) {
        for (const { instrument, positionLots: lots } of effects.positions) {
          run.positions.push({ instrument, timeNs, lots });
        }
        evidence.onGateway(effects, timeNs);
      },
    },
  );
}

/** The verifier one way away, which answers at once. */
function connectLink(
  at: { terms: VerifierTerms; models: Models; time: VirtualTime },
  onAnswer: (answer: Answer) => void,
): VerifierLink {
  const { terms, models, time } = at;
  const session = createVerifierSession({
    ...{ terms, ...models, clock: time },
    contextsPerPass: SIZE.branches + 1,
    isLazy: false,
  });
  const answerTo = (request: Speculation): Answer => {
    const { requestId } = request;
    return session.update(request) === 'ok'
      ? { kind: 'verdict', verdict: session.settle(request) }
      : { kind: 'refusal', refusal: { requestId, reason: 'resync', detail: '' } };
  };
  return {
    state: 'up',
    send(request) {
      time.at(time.nowNs() + ONE_WAY_NS, () => {
        const answer = answerTo(request);
        time.at(time.nowNs() + ONE_WAY_NS, () => onAnswer(answer));
      });
      return true;
    },
  };
}
