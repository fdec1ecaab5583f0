/** Arbitrary messages of every type, for the property tests of codec and session. */
import fc from 'fast-check';
import type { FixHeader } from './codec.ts';
import { formatDecimal } from './decimal.ts';
import { NO_MATCHING_ORDER } from './dont-know-trade.ts';
import type { ApplicationMessage, FixMessage } from './message.ts';
import { CxlRejResponseTo } from './order-cancel-reject.ts';
import { MASS_CANCEL_REJECTED } from './order-mass-cancel-report.ts';
import { MASS_CANCEL_TYPES } from './order-mass-cancel-request.ts';
import { ExecType, OrdStatus } from './order-status.ts';
import { Side } from './order-terms.ts';
import { OrdType, TimeInForce } from './order-type.ts';
import { formatUtcTimestamp } from './timestamp.ts';

const text = fc.string({
  minLength: 1,
  maxLength: 40,
  unit: fc.integer({ min: 2, max: 255 }).map(code => String.fromCharCode(code)),
});
const number = fc.integer({ min: 0, max: 2_147_483_647 });
const sequence = fc.integer({ min: 1, max: 2_147_483_647 });
const decimal = fc
  .tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 9 }))
  .map(([value, decimals]) => formatDecimal(value, decimals));
const timestamp = fc
  .integer({ min: 0, max: 2_000_000_000_000 })
  .map(ms => formatUtcTimestamp(BigInt(ms) * 1_000_000n, 0));
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const side = fc.constantFrom(...Object.values(Side));
const ordStatus = fc.constantFrom(...Object.values(OrdStatus));
const order = { clOrdId: text, side, symbol: text };
const type = fc.oneof(
  fc.record({ price: decimal }),
  fc.record({ ordType: fc.constant(OrdType.market) }),
  fc.record({ ordType: fc.constant(OrdType.stop), stopPx: decimal }),
);
const terms = {
  postOnly: fc.boolean(),
  orderQty: decimal,
  timeInForce: maybe(fc.constantFrom(...Object.values(TimeInForce))),
  transactTime: timestamp,
};
const orderOf = <Message extends object>(message: fc.Arbitrary<Message>) =>
  fc.tuple(message, type).map(([rest, of]) => ({ ...rest, ...of }));

/** Every field present or absent as the grammar of its message allows. */
export const anyApplicationMessage: fc.Arbitrary<ApplicationMessage> = fc.oneof(
  orderOf(fc.record({ msgType: fc.constant('D' as const), ...order, ...terms })),
  orderOf(fc.record({ msgType: fc.constant('G' as const), ...order, ...terms, origClOrdId: text })),
  fc.record({
    msgType: fc.constant('F' as const),
    ...{ ...order, orderQty: decimal, origClOrdId: text, transactTime: timestamp },
  }),
  fc.record({ msgType: fc.constant('H' as const), ...order }),
  fc.record({ msgType: fc.constant('AF' as const), massStatusReqId: text }),
  fc.record({
    msgType: fc.constant('q' as const),
    ...{ clOrdId: text, symbol: maybe(text), transactTime: timestamp },
    type: fc.constantFrom(...MASS_CANCEL_TYPES),
  }),
  fc.record({
    msgType: fc.constant('r' as const),
    ...{ clOrdId: maybe(text), orderId: text, symbol: maybe(text), text: maybe(text) },
    ...{ transactTime: maybe(timestamp), type: fc.constantFrom(...MASS_CANCEL_TYPES) },
    response: fc.constantFrom(MASS_CANCEL_REJECTED, ...MASS_CANCEL_TYPES),
    ...{ rejectReason: maybe(number), totalAffectedOrders: maybe(number) },
  }),
  fc.record({
    msgType: fc.constant('Q' as const),
    ...{ execId: text, lastPx: maybe(decimal), lastQty: maybe(decimal), orderId: text },
    ...{ orderQty: maybe(decimal), side, symbol: text, text: maybe(text) },
    reason: fc.constantFrom(NO_MATCHING_ORDER, 'Z' as const),
  }),
  fc.record({
    msgType: fc.constant('8' as const),
    ...{ avgPx: decimal, clOrdId: maybe(text), cumQty: decimal, execId: text },
    ...{ execInst: maybe(text), execRefId: maybe(text), stopPx: maybe(decimal) },
    ordType: maybe(fc.constantFrom(...Object.values(OrdType))),
    timeInForce: maybe(fc.constantFrom(...Object.values(TimeInForce))),
    ...{ lastPx: maybe(decimal), lastQty: maybe(decimal), orderId: text, symbol: text, side },
    ...{ orderQty: maybe(decimal), ordStatus, origClOrdId: maybe(text), price: maybe(decimal) },
    ...{ text: maybe(text), transactTime: maybe(timestamp), ordRejReason: maybe(number) },
    ...{ execType: fc.constantFrom(...Object.values(ExecType)), leavesQty: decimal },
    ...{ massStatusReqId: maybe(text), totNumReports: maybe(number) },
    lastRptRequested: maybe(fc.boolean()),
  }),
  fc.record({
    msgType: fc.constant('9' as const),
    ...{ clOrdId: text, orderId: text, ordStatus, origClOrdId: text, text: maybe(text) },
    cxlRejReason: maybe(number),
    cxlRejResponseTo: fc.constantFrom(...Object.values(CxlRejResponseTo)),
  }),
  fc.record({
    msgType: fc.constant('j' as const),
    ...{ refSeqNum: maybe(sequence), text: maybe(text), refMsgType: text },
    businessRejectReason: number,
  }),
);

export const anyMessage: fc.Arbitrary<FixMessage> = fc.oneof(
  anyApplicationMessage,
  fc.record({
    msgType: fc.constant('A' as const),
    ...{ heartBtInt: number, resetSeqNumFlag: fc.boolean() },
  }),
  fc.record({ msgType: fc.constant('0' as const), testReqId: maybe(text) }),
  fc.record({ msgType: fc.constant('1' as const), testReqId: text }),
  fc.record({ msgType: fc.constant('2' as const), beginSeqNo: number, endSeqNo: number }),
  fc.record({
    msgType: fc.constant('3' as const),
    ...{ refSeqNum: number, text: maybe(text), refTagId: maybe(number) },
    ...{ refMsgType: maybe(text), sessionRejectReason: maybe(number) },
  }),
  fc.record({
    msgType: fc.constant('4' as const),
    ...{ newSeqNo: number, gapFillFlag: fc.boolean() },
  }),
  fc.record({ msgType: fc.constant('5' as const), text: maybe(text) }),
);

export const anyHeader: fc.Arbitrary<FixHeader> = fc
  .record({
    ...{ msgSeqNum: sequence, senderCompId: text, sendingTime: timestamp, targetCompId: text },
    ...{ possDup: fc.boolean(), possResend: fc.boolean(), original: maybe(timestamp) },
  })
  .map(({ original, ...header }) =>
    original === undefined ? header : { ...header, origSendingTime: original },
  );
