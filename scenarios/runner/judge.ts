/** From what a scenario left to its verdict: raw values, invariants, thresholds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultName, type Scenario } from './file/scenario.ts';
import { judgeClockHalts, type SkewedSpan } from './invariants/clock-halts.ts';
import { judgeHaltsBehind } from './invariants/halts-behind.ts';
import type { JudgedInvariant } from './invariants/invariant.ts';
import { judgeKills, type KilledSpan } from './invariants/kill.ts';
import { judgeLogsCopied, logsOf } from './invariants/logs-copied.ts';
import { judgeOrderRate, judgeOrderSize, type TightSpan } from './invariants/order-limits.ts';
import { judgeOrdersOnce, type OrderBytes } from './invariants/orders-once.ts';
import { judgePairReplay } from './invariants/pair-replay.ts';
import { judgeReplay } from './invariants/replay.ts';
import { type Disturbance, judgeReturn } from './invariants/service-return.ts';
import { judgeSilence } from './invariants/silence.ts';
import { judgeSteps } from './invariants/steps-done.ts';
import { judgeTickAge } from './invariants/tick-age.ts';
import { judgeTicksOnce } from './invariants/ticks-once.ts';
import { judgeTrips } from './invariants/trip.ts';
import { clientOrderId, isOrderMessage, readFix } from './measure/fix-bytes.ts';
import { measure } from './measure/measure.ts';
import type { MetricName, Sample } from './measure/metric.ts';
import { measureTakeovers } from './measure/takeovers.ts';
import { gatewayFolder, readTraces, type Traces } from './measure/traces.ts';
import type { Played } from './play/play.ts';
import { neverCrashed, spansOf, type Verdict, verdictOf } from './verdict.ts';

/** Throws `bad-log` or `bad-data` where what a scenario left cannot be judged. */
export async function judge(
  scenario: Scenario,
  played: Played,
  originNs: bigint,
): Promise<Verdict> {
  const traces = readTraces(scenario, played, originNs);
  const measured = measure(traces);
  if (scenario.gateway === 'pair') {
    measured.takeover = takeoversOf({ scenario, played, traces }, originNs);
  }
  const claim = 'no process ended that was not killed or stopped';
  const live = neverCrashed(played.crashes, claim);
  const invariants = [live, ...judgeTraces({ scenario, played, traces }, measured)];
  invariants.push(...judgeTopics({ scenario, played, traces }));
  if (scenario.invariants.stepsDone) invariants.push(stepsDone(scenario, played));
  if (scenario.invariants.replayIdentical) {
    const logFile = join(played.folders.processes, 'replay.log');
    invariants.push(
      scenario.gateway === 'pair'
        ? await judgePairReplay(played.folders.trading, logFile)
        : await judgeReplay(gatewayFolder(scenario, played), logFile),
    );
  }
  return verdictOf(scenario, { invariants, measured, played });
}

/** What came of ticks and their clock, and what Kafka had of them. */
function judgeTopics({ scenario, played, traces }: Judging): JudgedInvariant[] {
  const { ticksOnce, tickSilenceAtMost, logsCopied, clockHaltsBeyond } = scenario.invariants;
  const { topics, delivered, feedOriginNs: originNs, beginNs, endNs, folders } = played;
  const { edge, fromEdge } = traces;
  const judged: JudgedInvariant[] = [];
  if (tickSilenceAtMost !== undefined) {
    const takenNs = edge.batches.map(batch => fromEdge(batch.takenNs));
    const lengthNs = endNs - beginNs;
    const of = { name: 'tickSilenceAtMost', what: 'tick' } as const;
    judged.push(judgeSilence(takenNs, { ...of, lengthNs, atMostNs: tickSilenceAtMost }));
  }
  if (clockHaltsBeyond !== undefined) {
    const ordersNs = newOrders(traces.received).map(each => traces.fromUnixMs(each.sentMs));
    judged.push(judgeClockHalts(skewedSpans(played), { ordersNs, beyondNs: clockHaltsBeyond }));
  }
  if (topics === undefined) return judged;
  if (ticksOnce) {
    const records = topics.ticks.map(({ value }) => value);
    const taken = edge.batches.flatMap(({ quotes }) => quotes);
    judged.push(judgeTicksOnce({ delivered, originNs, records, taken }));
  }
  if (logsCopied) judged.push(judgeLogsCopied(logsOf(folders.run), topics.logs));
  return judged;
}

function stepsDone({ steps }: Scenario, played: Played): JudgedInvariant {
  const done = played.steps.map(({ step, problem }) => ({ name: step.name, problem }));
  return judgeSteps(
    steps.map(({ name }) => name),
    done,
  );
}

function takeoversOf({ scenario, played, traces }: Judging, originNs: bigint): Sample[] {
  const ofGateway = played.faults.filter(({ fault }) => fault.target === 'gateway');
  return measureTakeovers({
    ...{ folder: gatewayFolder(scenario, played), received: traces.received, originNs },
    failedNs: ofGateway.flatMap(({ injectedNs }) => injectedNs ?? []).sort((a, b) => a - b),
    beginNs: played.beginNs,
  });
}

type Judging = { scenario: Scenario; played: Played; traces: Traces };

/** Fills the metrics that only the invariants measure. */
function judgeTraces(
  { scenario, played, traces }: Judging,
  measured: Record<MetricName, Sample[]>,
): JudgedInvariant[] {
  const { ordersOnce, tickAgeAtMost, verifiedAgainWithin, ordersAgainWithin } = scenario.invariants;
  const { haltsBehindVenue } = scenario.invariants;
  const { delivered, beginNs } = played;
  const judged: JudgedInvariant[] = [];
  if (ordersOnce) judged.push(judgeOrdersOnce(traces));
  if (ordersOnce && traces.second) judged.push(judgeSecond(traces, traces.second));
  const ages = judgeTickAge({ ...traces, delivered }, tickAgeAtMost ?? Number.POSITIVE_INFINITY);
  if (tickAgeAtMost !== undefined) judged.push(ages.judged);
  measured['order-tick-age'] = ages.ages.map(({ atNs, value }) => ({
    atNs: atNs - beginNs,
    value,
  }));
  const disturbances = disturbancesOf(scenario, played);
  const verified = judgeReturn(disturbances, {
    ...{ name: 'verifiedAgainWithin', what: 'verified forecasts' },
    withinNs: verifiedAgainWithin ?? Number.POSITIVE_INFINITY,
    happenedNs: verifiedTimes(traces),
  });
  if (verifiedAgainWithin !== undefined) judged.push(verified.judged);
  measured['verified-return'] = verified.waits;
  const orders = judgeReturn(disturbances, {
    ...{ name: 'ordersAgainWithin', what: 'order messages' },
    withinNs: ordersAgainWithin ?? Number.POSITIVE_INFINITY,
    happenedNs: orderTimes(traces),
  });
  if (ordersAgainWithin !== undefined) judged.push(orders.judged);
  if (haltsBehindVenue) judged.push(judgeHalt({ played, traces }));
  measured['order-return'] = orders.waits;
  judged.push(...judgeRisk({ scenario, played, traces }, measured));
  return judged;
}

/** Of the second venue; what one of the two was sent is never the other's too. */
function judgeSecond({ received }: Traces, second: OrderBytes): JudgedInvariant {
  const { claim, ...judged } = judgeOrdersOnce(second);
  const ids = (bytes: string) => newOrders(bytes).map(clientOrderId);
  const first = new Set(ids(received));
  const both = ids(second.received).filter(id => first.has(id));
  return {
    ...{ ...judged, name: 'ordersOnceAtSecond', claim: `${claim}; none at both venues` },
    violations: [...judged.violations, ...both.map(id => `${id}: sent to both venues`)],
  };
}

function judgeHalt({ played, traces }: Omit<Judging, 'scenario'>): JudgedInvariant {
  const { faults, folders, beginNs } = played;
  const halts = faults.flatMap(({ fault, injectedNs, endingNs }) =>
    fault.kind === 'higher-number' && injectedNs !== undefined
      ? [{ fromNs: injectedNs - beginNs, toNs: (endingNs ?? Number.POSITIVE_INFINITY) - beginNs }]
      : [],
  );
  const printed = readFileSync(join(folders.processes, 'gateway.log'), 'utf8');
  return judgeHaltsBehind({ halts, ordersNs: orderTimes(traces), printed });
}

/** What the limits of a desk promise. */
function judgeRisk(
  { scenario, played, traces }: Judging,
  measured: Record<MetricName, Sample[]>,
): JudgedInvariant[] {
  const { killToLastOrderAtMost, orderQtyAtMost, orderRateAtMost, tripHolds } = scenario.invariants;
  const { received, fromUnixMs } = traces;
  const judged: JudgedInvariant[] = [];
  const sentMs = newOrders(received).map(each => each.sentMs);
  const kills = judgeKills(
    killedSpans(played),
    sentMs.map(fromUnixMs),
    killToLastOrderAtMost ?? Number.POSITIVE_INFINITY,
  );
  measured['kill-to-last-order'] = kills.waits;
  if (killToLastOrderAtMost !== undefined) judged.push(kills.judged);
  if (orderQtyAtMost !== undefined) {
    const spans = tightSpans(played);
    judged.push(judgeOrderSize(received, orderQtyAtMost, { spans, timeOf: fromUnixMs }));
  }
  if (orderRateAtMost !== undefined) judged.push(judgeOrderRate(received, orderRateAtMost));
  if (tripHolds) {
    const evidence = join(played.folders.trading, 'risk.jsonl');
    judged.push(judgeTrips(readFileSync(evidence, 'utf8'), sentMs));
  }
  return judged;
}

const newOrders = (received: string) =>
  readFix(received).messages.filter(
    ({ type, isDuplicate }) => (type === 'D' || type === 'G') && !isDuplicate,
  );

function killedSpans({ faults, beginNs }: Played): KilledSpan[] {
  return faults.flatMap(({ fault, requestedNs, endingNs }) => {
    const isKill = fault.target === 'operator' && fault.kind === 'kill';
    if (!isKill || requestedNs === undefined) return [];
    const toNs = (endingNs ?? Number.POSITIVE_INFINITY) - beginNs;
    return [{ fromNs: requestedNs - beginNs, toNs }];
  });
}

function tightSpans({ faults, beginNs }: Played): TightSpan[] {
  return faults.flatMap(({ fault, injectedNs, endingNs }) => {
    const isLimit = fault.target === 'operator' && fault.kind === 'limit';
    if (!isLimit || fault.orderQtyAtMost === undefined || injectedNs === undefined) return [];
    const toNs = (endingNs ?? Number.POSITIVE_INFINITY) - beginNs;
    return [{ fromNs: injectedNs - beginNs, toNs, most: fault.orderQtyAtMost }];
  });
}

function skewedSpans({ faults, beginNs }: Played): SkewedSpan[] {
  return faults.flatMap(({ fault, injectedNs, endingNs }) => {
    if (injectedNs === undefined || fault.target !== 'feed' || !('by' in fault)) return [];
    const toNs = (endingNs ?? Number.POSITIVE_INFINITY) - beginNs;
    const driftNs = fault.kind === 'drift' ? fault.for : 0;
    return [{ fromNs: injectedNs - beginNs, toNs, byNs: fault.by, driftNs }];
  });
}

/** Since the feed began: the ends of faults, and of stages after which less load comes. */
function disturbancesOf({ load }: Scenario, { faults, beginNs }: Played): Disturbance[] {
  const ofFaults = faults.flatMap(({ fault, undoneNs }) =>
    undoneNs === undefined ? [] : [{ name: faultName(fault), overNs: undoneNs - beginNs }],
  );
  const ofLoad = spansOf(load).flatMap(({ name, toNs }, at) => {
    const isOver = load[at + 1] !== undefined && load[at + 1]!.rate < load[at]!.rate;
    return isOver ? [{ name: `load ${name}`, overNs: toNs }] : [];
  });
  return [...ofFaults, ...ofLoad].sort((one, other) => one.overNs - other.overNs);
}

const verifiedTimes = ({ edge, fromEdge }: Traces) =>
  edge.forecasts.flatMap(({ kind, timeNs }) => (kind === 'provisional' ? [] : [fromEdge(timeNs)]));

const orderTimes = ({ received, fromUnixMs }: Traces) =>
  readFix(received)
    .messages.filter(message => isOrderMessage(message) && !message.isDuplicate)
    .map(({ sentMs }) => fromUnixMs(sentMs));
