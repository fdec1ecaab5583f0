/** People who may command a gateway, by the keys that they sign with. */

export type OperatorTerms = {
  name: string;
  /** Ed25519, its 32 bytes as 64 hex digits. */
  publicKey: string;
};

/** What the gateway remembers of their commands; plain data. */
export type OperatorState = {
  /** When the latest command of each was signed, by name: an older one is not taken again. */
  readonly lastUnixMs: Map<string, number>;
  /** What waits for a second operator, the oldest first. */
  readonly pending: PendingAction[];
};

export type PendingAction = {
  /** See `actionText`. */
  text: string;
  operator: string;
  untilNs: number;
};

export const createOperatorState = (): OperatorState => ({ lastUnixMs: new Map(), pending: [] });

/** What came of a command, for whoever sent it and for the evidence. */
export type OperatorOutcome = {
  /** `differs`: a statement of positions that are not ours. */
  status: 'applied' | 'waiting' | 'refused' | 'differs';
  /** Empty where nobody is known to have sent it; of a statement, its source. */
  operator: string;
  text: string;
};
