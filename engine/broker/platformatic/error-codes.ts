/** Kafka's error codes that this adapter acts on, and what they mean to it. */

import { protocolErrors, protocolErrorsCodesById } from '@platformatic/kafka';

export const ERROR = {
  unknownServerError: -1,
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopic: 3,
  notLeader: 6,
  messageTooLarge: 10,
  illegalGeneration: 22,
  unknownMember: 25,
  rebalanceInProgress: 27,
  invalidTimestamp: 32,
  topicExists: 36,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  concurrentTransactions: 51,
  unknownProducer: 59,
  memberIdRequired: 79,
  fencedInstance: 82,
  unstableOffsets: 88,
  unknownTopicId: 100,
} as const;

/**
 * Leaders, coordinators or replicas that are just moving, or a fault within the broker that it does
 * not name: the same request succeeds later.
 */
const PASSING = new Set([
  ERROR.unknownServerError,
  ...[ERROR.unknownTopic, 5, ERROR.notLeader, 7, 8, 9, 13, 14, 15, 16, 19, 20, 41, 56, 72, 74, 75],
  ...[78, ERROR.unstableOffsets, 89, ERROR.unknownTopicId, 103, 108],
]);

/** The coordinator is another node by now, or not ready. */
const COORDINATOR_MOVED = new Set([14, 15, 16]);

/** A younger producer or generation has taken over: this one's writes are refused for good. */
const FENCED = new Set([22, 25, 27, 47, 49, 52, 82, 90]);

export function isPassing(code: number): boolean {
  return PASSING.has(code);
}

export function isCoordinatorMoved(code: number): boolean {
  return COORDINATOR_MOVED.has(code);
}

export function isFenced(code: number): boolean {
  return FENCED.has(code);
}

/** `UNKNOWN_TOPIC_OR_PARTITION (This server does not host this topic-partition.)`. */
export function errorText(code: number): string {
  const id = protocolErrorsCodesById[code as keyof typeof protocolErrorsCodesById];
  const known = id && protocolErrors[id];
  return known ? `${id} (${known.message})` : `error ${code}`;
}
