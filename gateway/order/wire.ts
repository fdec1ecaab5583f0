/** Order requests as FIX bytes, in the session's name and by its numbers. */
import { MILLISECOND_NS, type Nanoseconds } from '#engine';
import type { Instrument } from '#market';
import {
  createOrderEncoder,
  type Kernels,
  ORDER,
  ORDER_BYTES_MAX,
  ORDER_SHAPES,
  SHAPES,
} from '#native';
import { prefixViews } from '../prefix-views.ts';
import type { SessionState } from '../session/state.ts';
import { symbolAt, type VenueTerms } from '../venue-terms.ts';
import type { WireUnits } from './quantity.ts';
import type { OrderRequest } from './request.ts';

export type OrderWire = {
  /**
   * The message of a request, with the session's next number and its time; the bytes are valid
   * until the next one of its kind.
   */
  encode(request: OrderRequest, session: Pick<SessionState, 'store' | 'nowNs'>): Buffer;
};

export type WireTerms = {
  venue: VenueTerms;
  originNs: bigint;
  instruments: readonly Instrument[];
  units: readonly WireUnits[];
};

/** Of one venue. Throws RangeError for a name that no message can hold. */
export function createOrderWire(
  { venue, originNs, instruments, units }: WireTerms,
  kernels: Kernels,
): OrderWire {
  const { senderCompId, targetCompId } = venue;
  const wired = instruments.map((instrument, at) => ({
    symbol: symbolAt(venue, instrument),
    ...units[at]!,
  }));
  const { order, memory, encode } = createOrderEncoder(
    { senderCompId, targetCompId, instruments: wired },
    kernels,
  );
  const originMs = Number(originNs / BigInt(MILLISECOND_NS));
  const views = Array.from({ length: instruments.length * SHAPES }, (_, template) =>
    prefixViews(Buffer.from(memory.buffer, template * ORDER_BYTES_MAX, ORDER_BYTES_MAX)),
  );
  return {
    encode(request, { store, nowNs }) {
      const template = request.instrument * SHAPES + shapeOf(request);
      order[ORDER.template] = template;
      order[ORDER.msgSeqNum] = store.nextSenderSeq();
      order[ORDER.unixMs] = originMs + wholeMilliseconds(nowNs);
      order[ORDER.side] = request.side === 1 ? 1 : 2;
      order[ORDER.lots] = request.lots;
      order[ORDER.limitIncrements] =
        request.type === 'stop' ? request.stopIncrements : request.limitIncrements;
      order[ORDER.timeInForce] = TIME_IN_FORCE_CODES[request.timeInForce];
      order[ORDER.date] = request.clientOrderId.date;
      order[ORDER.serial] = request.clientOrderId.serial;
      order[ORDER.originalDate] = request.originalClientOrderId.date;
      order[ORDER.originalSerial] = request.originalClientOrderId.serial;
      return views[template]!(encode());
    },
  };
}

/** TimeInForce (59). */
const TIME_IN_FORCE_CODES = { day: 0, gtc: 1, ioc: 3, fok: 4 } as const;

function shapeOf({ kind, type, postOnly }: OrderRequest): number {
  if (kind === 'cancel') return ORDER_SHAPES.cancel;
  const isNew = kind === 'new';
  switch (type) {
    case 'market':
      return isNew ? ORDER_SHAPES.newMarket : ORDER_SHAPES.replaceMarket;
    case 'stop':
      return isNew ? ORDER_SHAPES.newStop : ORDER_SHAPES.replaceStop;
    case 'limit':
      if (isNew) return postOnly ? ORDER_SHAPES.newPostOnly : ORDER_SHAPES.new;
      return postOnly ? ORDER_SHAPES.replacePostOnly : ORDER_SHAPES.replace;
  }
}

/** Cut, as the law has it; a rounded quotient could reach the next millisecond. */
function wholeMilliseconds(timeNs: Nanoseconds): number {
  const ms = Math.floor(timeNs / MILLISECOND_NS);
  return ms * MILLISECOND_NS > timeNs ? ms - 1 : ms;
}
