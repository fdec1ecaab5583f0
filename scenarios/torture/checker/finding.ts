/** What a checker finds: the rule that was broken, and where. */

export type Finding = {
  rule: FindingRule;
  text: string;
};

export type FindingRule =
  /** The log demands an order that the gateway's replay does not know, or the other way round. */
  | 'intent-lost'
  | 'unfounded'
  /** An intent without an end, with two, or an order with other terms. */
  | 'lost'
  | 'two-ends'
  | 'changed'
  | 'answered-unsent'
  /** Beyond what the wish lacks, of a desk whose policy says itself how to work it. */
  | 'over-asked'
  /** At the venue twice; at the venue, but not in the log. */
  | 'duplicate'
  | 'unlogged'
  /** Bytes, numbers and marks of the session. */
  | 'not-the-replay'
  | 'damaged'
  | 'number'
  | 'poss-dup'
  | 'resent-old'
  /** What is held by the venue's executions, the log, the gateway's word and the last wish. */
  | 'position'
  /** A wish in the log that nobody sent, out of order, or missing there. */
  | 'signal';

export const finding = (rule: FindingRule, text: string): Finding => ({ rule, text });
