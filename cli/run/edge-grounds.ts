/** What an edge's log has under each signal: the tick, the forecast and the decision. */
import { hash } from 'node:crypto';
import type { EdgeRecord } from '#edge';
import { type LogRecord, OutriderError, readLog } from '#engine';
import { type ExtractItem, formatDecimal, formatUtcTimestamp, type Signal } from '#gateway';
import type { Instrument } from '#market';
import { edgeLogStart, replayEdge } from './replay-logs.ts';
import { identityOf } from './settings.ts';
import type { StartRecord } from './start-record.ts';

type Placed<T> = { at: ExtractItem['place']; record: T };
type Latest = {
  tick: Placed<Extract<EdgeRecord, { kind: 'ticks' }>> | undefined;
  forecast: Placed<Extract<EdgeRecord, { kind: 'forecast' }>> | undefined;
};
type Reading = { start: StartRecord; latest: Latest[]; of: Map<string, ExtractItem[][]> };

/**
 * Steps the edge's log, and gives for each signal of the gateway's log, asked for in its order,
 * what lies under it; nothing for one that this edge did not send.
 */
export function readEdgeGrounds(directory: string): (signal: Signal) => ExtractItem[] {
  const start = edgeLogStart(directory);
  if (start === undefined) return () => [];
  const reading: Reading = { start, of: new Map(), latest: start.instruments.map(nothing) };
  let present: { record: EdgeRecord; logged: LogRecord } | undefined;
  replayEdge(
    directory,
    signal => present !== undefined && keep(reading, signal, present),
    (record, logged) => {
      present = { record, logged };
      note(reading, present);
    },
  );
  return signal => reading.of.get(keyOf(signal))?.shift() ?? [];
}

const nothing = (): Latest => ({ tick: undefined, forecast: undefined });

/** Whether a folder has the log of an edge: a gateway's own has none. */
export function hasEdgeLog(directory: string): boolean {
  try {
    readLog({ directory });
    return true;
  } catch (error) {
    if (error instanceof OutriderError && error.code === 'bad-log') return false;
    throw error;
  }
}

/** All but times: a gateway elsewhere has a clock of its own. */
function keyOf(signal: Signal): string {
  const { strategy, instrument, desiredLots, style, limitIncrements, basis, forecastId } = signal;
  const { bidIncrements, askIncrements } = signal;
  const wish = [strategy, instrument, desiredLots, style, limitIncrements];
  return [...wish, basis, forecastId, bidIncrements, askIncrements].join(' ');
}

const placeOf = ({ offset, payload }: LogRecord): ExtractItem['place'] => ({
  ...{ log: 'edge.log', record: offset, sha256: hash('sha256', payload) },
});

function note(
  { latest }: Reading,
  { record, logged }: { record: EdgeRecord; logged: LogRecord },
): void {
  if (record.kind === 'ticks') {
    const at = placeOf(logged);
    for (const { kind, instrument } of record.ticks) {
      if (kind === 'quote') latest[instrument]!.tick = { at, record: { ...record } };
    }
  } else if (record.kind === 'forecast') {
    latest[record.instrument]!.forecast = { at: placeOf(logged), record: { ...record } };
  }
}

function keep(
  reading: Reading,
  signal: Signal,
  { record, logged }: { record: EdgeRecord; logged: LogRecord },
): void {
  const key = keyOf(signal);
  const waiting = reading.of.get(key) ?? [];
  waiting.push([
    ...tickItems(reading, signal),
    ...forecastItems(reading, signal),
    ...[{ ...placedAt(reading, placeOf(logged), record.timeNs), ...decision(record) }],
  ]);
  reading.of.set(key, waiting);
}

const decision = ({ kind }: EdgeRecord) => ({ kind: 'decision', event: kind }) as const;

const placedAt = ({ start }: Reading, place: ExtractItem['place'], timeNs: number) => ({
  ...{ place, time: formatUtcTimestamp(start.originNs, timeNs) },
});

function tickItems(reading: Reading, { instrument }: Signal): ExtractItem[] {
  const { tick } = reading.latest[instrument]!;
  const quote = tick?.record.ticks.findLast(
    each => each.kind === 'quote' && each.instrument === instrument,
  );
  if (tick === undefined || quote?.kind !== 'quote') return [];
  const { timeNs, injectedNs } = tick.record;
  const text = (increments: number) =>
    priceText(reading.start.instruments[instrument]!, increments);
  const prices = { bid: text(quote.bidIncrements), ask: text(quote.askIncrements) };
  return [{ ...placedAt(reading, tick.at, timeNs), kind: 'tick', ...prices, injectedNs }];
}

function priceText({ priceIncrement }: Instrument, increments: number): string {
  const decimals = priceIncrement.split('.')[1]?.length ?? 0;
  return formatDecimal(increments * Number(priceIncrement.replace('.', '')), decimals);
}

/** The record of the forecast that the signal names, by its time and basis. */
function forecastItems(reading: Reading, signal: Signal): ExtractItem[] {
  const { forecast } = reading.latest[signal.instrument]!;
  if (forecast === undefined) return [];
  const { timeNs, basis, moveIndex } = forecast.record;
  if (timeNs !== signal.forecastTimeNs || basis !== signal.basis) return [];
  const { config, model, draftHash } = reading.start;
  const { modelHash, kernel, seed, paths, moves } = identityOf(config, model);
  return [
    {
      ...placedAt(reading, forecast.at, timeNs),
      ...{ kind: 'forecast', forecastId: signal.forecastId, basis, moveIndex },
      target: { model: modelHash, kernel },
      ...{ draft: draftHash ?? null, seed, trajectories: paths, moves },
    },
  ];
}
