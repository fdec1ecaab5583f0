/** Ticks as fixed 64-byte records over one buffer (drawn in native/tick-layout.ts): the codec. */
import { invariant, type Nanoseconds } from '#engine';
import { TICK_FIELDS as AT, TICK_FLAGS as FLAG, TICK_KINDS as KIND, TICK_BYTES } from '#native';
import type { BookLevel, BookSnapshot, Gap, Quote, Tick, Trade } from './tick.ts';

export type TickSlots = {
  readonly bytes: Uint8Array;
  /** Records the buffer holds. */
  readonly slots: number;
  /** `injectedNs`: when the tick entered the run; masked where it is undefined. */
  write(slot: number, tick: Tick, injectedNs?: Nanoseconds): void;
  /**
   * The tick of a slot, in an object that belongs to the slot: it changes when the slot is read
   * again, and costs nothing. Absent fields are undefined.
   */
  read(slot: number): Tick;
  /** When the tick of a slot entered the run, undefined where it is masked. */
  injectedNs(slot: number): Nanoseconds | undefined;
};

type Objects = { quote: Quote; trade: Trade; level: BookLevel; snapshot: BookSnapshot; gap: Gap };

/** Over whole records of `bytes`; shared memory is allowed where its writer hands it over first. */
export function createTickSlots(bytes: Uint8Array): TickSlots {
  const slots = bytes.length / TICK_BYTES;
  invariant(Number.isInteger(slots) && slots > 0, 'the buffer holds whole records of 64 bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const objects: (Objects | undefined)[] = [];
  return {
    bytes,
    slots,
    write(slot, tick, injectedNs) {
      const at = slot * TICK_BYTES;
      writeSlot(view, at, tick);
      if (injectedNs === undefined) return;
      view.setFloat64(at + AT.injectedTime, injectedNs, true);
      view.setUint8(at + AT.flags, view.getUint8(at + AT.flags) | FLAG.injectedTime);
    },
    read(slot) {
      let own = objects[slot];
      if (own === undefined) {
        own = newObjects();
        objects[slot] = own;
      }
      return readSlot(view, slot * TICK_BYTES, own);
    },
    injectedNs(slot) {
      const at = slot * TICK_BYTES;
      const isGiven = (view.getUint8(at + AT.flags) & FLAG.injectedTime) !== 0;
      return isGiven ? view.getFloat64(at + AT.injectedTime, true) : undefined;
    },
  };
}

function writeSlot(view: DataView, at: number, tick: Tick): void {
  view.setUint8(at + AT.kind, KIND[tick.kind]);
  view.setUint16(at + AT.instrument, tick.instrument, true);
  view.setUint32(at + AT.merged, tick.merged ?? 0, true);
  view.setFloat64(at + AT.exchangeTime, tick.exchangeTimeNs, true);
  view.setFloat64(at + AT.receiveTime, tick.receiveTimeNs ?? 0, true);
  view.setFloat64(at + AT.injectedTime, 0, true);
  let flags = writePrices(view, at, tick);
  if (tick.isTimeEstimated) flags |= FLAG.timeEstimated;
  if (tick.receiveTimeNs !== undefined) flags |= FLAG.receiveTime;
  view.setUint8(at + AT.flags, flags);
}

/** Every byte of a record is written, so that equal ticks are equal bytes. */
function writePrices(view: DataView, at: number, tick: Tick): number {
  let flags = 0;
  let firstPrice = 0;
  let secondPrice = 0;
  let firstLots = 0;
  let secondLots = 0;
  if (tick.kind === 'quote') {
    firstPrice = tick.bidIncrements;
    secondPrice = tick.askIncrements;
    firstLots = tick.bidLots ?? 0;
    secondLots = tick.askLots ?? 0;
    if (tick.bidLots !== undefined) flags |= FLAG.firstLots;
    if (tick.askLots !== undefined) flags |= FLAG.secondLots;
  } else if (tick.kind === 'trade') {
    firstPrice = tick.priceIncrements;
    firstLots = tick.sizeLots ?? 0;
    if (tick.sizeLots !== undefined) flags |= FLAG.firstLots;
    if (tick.aggressor !== undefined) flags |= FLAG.side;
    if (tick.aggressor === 'sell') flags |= FLAG.isAsk;
  } else if (tick.kind === 'level') {
    firstPrice = tick.priceIncrements;
    firstLots = tick.sizeLots;
    flags |= FLAG.firstLots | FLAG.side;
    if (tick.side === 'ask') flags |= FLAG.isAsk;
    if (tick.hasMore) flags |= FLAG.hasMore;
  }
  view.setFloat64(at + AT.firstPrice, firstPrice, true);
  view.setFloat64(at + AT.secondPrice, secondPrice, true);
  view.setFloat64(at + AT.firstLots, firstLots, true);
  view.setFloat64(at + AT.secondLots, secondLots, true);
  return flags;
}

function readSlot(view: DataView, at: number, objects: Objects): Tick {
  const flags = view.getUint8(at + AT.flags);
  const tick = readPrices(view, at, objects);
  tick.instrument = view.getUint16(at + AT.instrument, true);
  const merged = view.getUint32(at + AT.merged, true);
  tick.merged = merged === 0 ? undefined : merged;
  tick.exchangeTimeNs = view.getFloat64(at + AT.exchangeTime, true);
  tick.isTimeEstimated = flags & FLAG.timeEstimated ? true : undefined;
  const isReceived = (flags & FLAG.receiveTime) !== 0;
  tick.receiveTimeNs = isReceived ? view.getFloat64(at + AT.receiveTime, true) : undefined;
  return tick;
}

function readPrices(view: DataView, at: number, objects: Objects): Tick {
  const flags = view.getUint8(at + AT.flags);
  const firstPrice = view.getFloat64(at + AT.firstPrice, true);
  const firstLots = flags & FLAG.firstLots ? view.getFloat64(at + AT.firstLots, true) : undefined;
  switch (view.getUint8(at + AT.kind)) {
    case KIND.quote: {
      const { quote } = objects;
      quote.bidIncrements = firstPrice;
      quote.askIncrements = view.getFloat64(at + AT.secondPrice, true);
      quote.bidLots = firstLots;
      const isGiven = (flags & FLAG.secondLots) !== 0;
      quote.askLots = isGiven ? view.getFloat64(at + AT.secondLots, true) : undefined;
      return quote;
    }
    case KIND.trade: {
      const { trade } = objects;
      trade.priceIncrements = firstPrice;
      trade.sizeLots = firstLots;
      trade.aggressor = (flags & FLAG.side) === 0 ? undefined : flags & FLAG.isAsk ? 'sell' : 'buy';
      return trade;
    }
    case KIND.level: {
      const { level } = objects;
      level.priceIncrements = firstPrice;
      level.sizeLots = firstLots ?? 0;
      level.side = flags & FLAG.isAsk ? 'ask' : 'bid';
      level.hasMore = flags & FLAG.hasMore ? true : undefined;
      return level;
    }
    case KIND.snapshot:
      return objects.snapshot;
    default:
      return objects.gap;
  }
}

/**
 * The objects of a slot. All have all fields, in one order, and a time that is a double: objects
 * of one shape are read and changed without allocating, whatever kinds of ticks come.
 */
function newObjects(): Objects {
  return {
    quote: newObject('quote'),
    trade: newObject('trade'),
    level: newObject('level'),
    snapshot: newObject('snapshot'),
    gap: newObject('gap'),
  };
}

function newObject<Kind extends Tick['kind']>(kind: Kind) {
  return {
    ...{ kind, instrument: 0, exchangeTimeNs: 0.5, isTimeEstimated: undefined },
    ...{ receiveTimeNs: undefined, merged: undefined },
    ...{ bidIncrements: 0, askIncrements: 0, bidLots: undefined, askLots: undefined },
    ...{ priceIncrements: 0, sizeLots: 0, aggressor: undefined },
    ...{ side: 'bid' as const, hasMore: undefined },
  };
}
