/** What a simulation of a pair is given: faults and their moments; and what came of it. */
export const MEMBERS = ['A', 'B', 'W'] as const;
export type Member = (typeof MEMBERS)[number];

export type SimulatedFault = {
  atMs: number;
  forMs: number;
  /** `part`: the member from both others; `cut`: the two others from each other. */
  kind: 'kill' | 'pause' | 'part' | 'cut';
  member: Member;
};

/** What is broken on purpose, which the checks must find. */
export type Planted =
  | 'lease-ignored'
  | 'sent-before-acknowledged'
  | 'alone-unknown'
  | 'word-unlooked'
  | 'unfenced'
  | 'read-out-of-order'
  | undefined;

export type SimulationPlan = {
  seed: number;
  lengthMs: number;
  faults: readonly SimulatedFault[];
  aloneAfterMs: number | undefined;
  /** Between two records of the node that trades, by its own clock. Default 4. */
  recordEveryMs?: number;
  /** Of an output, as its primary counts them. Default: its own. */
  outputBytes?: number;
  planted?: Planted;
  /** Two operators promote a node that has all, once witness and other node are dead. */
  hasOperators?: boolean;
  /** The third member is the broker of the topic that both nodes have in place of a witness. */
  isOnTopic?: boolean;
};

export type SimulationOutcome = {
  violations: string[];
  /** Claims in all logs, and outputs that reached the venue. */
  claims: number;
  outputs: number;
  /** Claims by the word of two operators. */
  words: number;
  /** How often a primary had a standby with every record. */
  pairings: number;
};
