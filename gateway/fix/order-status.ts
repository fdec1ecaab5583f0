/** The states of an order (39) and the reasons for a report (150), as FIX 4.4 codes them. */
export const ExecType = {
  new: '0',
  doneForDay: '3',
  canceled: '4',
  replaced: '5',
  pendingCancel: '6',
  stopped: '7',
  rejected: '8',
  suspended: '9',
  pendingNew: 'A',
  calculated: 'B',
  expired: 'C',
  restated: 'D',
  pendingReplace: 'E',
  trade: 'F',
  tradeCorrect: 'G',
  tradeCancel: 'H',
  orderStatus: 'I',
} as const;
export type ExecType = (typeof ExecType)[keyof typeof ExecType];

export const EXEC_TYPES: readonly ExecType[] = Object.values(ExecType);

export const OrdStatus = {
  new: '0',
  partiallyFilled: '1',
  filled: '2',
  doneForDay: '3',
  canceled: '4',
  replaced: '5',
  pendingCancel: '6',
  stopped: '7',
  rejected: '8',
  suspended: '9',
  pendingNew: 'A',
  calculated: 'B',
  expired: 'C',
  acceptedForBidding: 'D',
  pendingReplace: 'E',
} as const;
export type OrdStatus = (typeof OrdStatus)[keyof typeof OrdStatus];

export const ORD_STATUSES: readonly OrdStatus[] = Object.values(OrdStatus);
