/** The FIX 4.4 tags this gateway reads and writes, by their field names. */
export const Tag = {
  avgPx: 6,
  beginSeqNo: 7,
  beginString: 8,
  bodyLength: 9,
  checkSum: 10,
  clOrdId: 11,
  cumQty: 14,
  endSeqNo: 16,
  execId: 17,
  execInst: 18,
  execRefId: 19,
  handlInst: 21,
  lastPx: 31,
  lastQty: 32,
  msgSeqNum: 34,
  msgType: 35,
  newSeqNo: 36,
  orderId: 37,
  orderQty: 38,
  ordStatus: 39,
  ordType: 40,
  origClOrdId: 41,
  possDupFlag: 43,
  price: 44,
  refSeqNum: 45,
  senderCompId: 49,
  sendingTime: 52,
  side: 54,
  symbol: 55,
  targetCompId: 56,
  text: 58,
  timeInForce: 59,
  transactTime: 60,
  settlDate: 64,
  possResend: 97,
  encryptMethod: 98,
  stopPx: 99,
  cxlRejReason: 102,
  ordRejReason: 103,
  heartBtInt: 108,
  testReqId: 112,
  origSendingTime: 122,
  gapFillFlag: 123,
  dkReason: 127,
  resetSeqNumFlag: 141,
  execType: 150,
  leavesQty: 151,
  refTagId: 371,
  refMsgType: 372,
  sessionRejectReason: 373,
  businessRejectReason: 380,
  cxlRejResponseTo: 434,
  massCancelRequestType: 530,
  massCancelResponse: 531,
  massCancelRejectReason: 532,
  totalAffectedOrders: 533,
  username: 553,
  password: 554,
  massStatusReqId: 584,
  massStatusReqType: 585,
  nextExpectedMsgSeqNum: 789,
  lastLiquidityInd: 851,
  totNumReports: 911,
  lastRptRequested: 912,
} as const;

/** SessionRejectReason (373): what is wrong with a message that is whole but not well formed. */
export const RejectReason = {
  invalidTag: 0,
  requiredTagMissing: 1,
  tagNotDefined: 2,
  tagWithoutValue: 4,
  valueIncorrect: 5,
  dataFormatIncorrect: 6,
  compIdProblem: 9,
  sendingTimeAccuracy: 10,
  invalidMsgType: 11,
  tagTwice: 13,
  tagOutOfOrder: 14,
  groupOutOfOrder: 15,
  groupCountIncorrect: 16,
  other: 99,
} as const;
export type RejectReason = (typeof RejectReason)[keyof typeof RejectReason];

const REJECT_TEXT: Record<RejectReason, string> = {
  0: 'Invalid tag number',
  1: 'Required tag missing',
  2: 'Tag not defined for this message type',
  4: 'Tag specified without a value',
  5: 'Value is incorrect (out of range) for this tag',
  6: 'Incorrect data format for value',
  9: 'CompID problem',
  10: 'SendingTime accuracy problem',
  11: 'Invalid MsgType',
  13: 'Tag appears more than once',
  14: 'Tag specified out of required order',
  15: 'Out of order repeating group members',
  16: 'Incorrect NumInGroup count for repeating group',
  99: 'Other',
};

/** The text the FIX rules give with a reason. */
export function rejectText(reason: RejectReason): string {
  return REJECT_TEXT[reason];
}

const ADMINISTRATIVE = 'A012345';

/** True for messages of the session itself, which are never resent. */
export function isAdministrative(msgType: string): boolean {
  return msgType.length === 1 && ADMINISTRATIVE.includes(msgType);
}
