/** A node that follows: it repeats the primary's records, and seeks to replace one that is gone. */
import { invariant, type Nanoseconds, SECOND_NS } from '#engine';
import { beat, goAlone } from './leading.ts';
import { withMargin } from './lease.ts';
import type { NodeEvent, Turn } from './node-event.ts';
import type { NodeState } from './node-state.ts';
import type { FromWitness } from './witness-messages.ts';

/** So long an operator's word waits for a second one's; what both signed is then not too old. */
export const SECOND_WORD_NS: Nanoseconds = 240 * SECOND_NS;

export function stepFollower(state: NodeState, event: NodeEvent, turn: Turn): void {
  const { follower } = state;
  switch (event.kind) {
    case 'linked':
      follower.isLinked = true;
      follower.isEnded = false;
      break;
    case 'unlinked':
      follower.isLinked = false;
      follower.isEnded = event.isEnded;
      seek(state, turn);
      break;
    case 'heartbeat':
      onHeartbeat(state, event.heartbeatNs, turn);
      break;
    case 'claim-read':
      state.epoch = event.epoch;
      break;
    case 'tick': {
      const isSilent = turn.nowNs - follower.heardNs >= state.terms.leaseNs;
      if (state.role === 'seeking' || isSilent) seek(state, turn);
      break;
    }
    case 'witness':
      follower.unansweredNs = undefined;
      onWitnessFollowing(state, event.message, turn);
      break;
    case 'witness-lost':
      follower.askedNs = undefined;
      break;
    case 'promote':
      onPromoteFollowing(state, event.operator, turn);
      break;
    case 'standby-in-sync':
    case 'standby-lost':
    case 'overfull':
    case 'acknowledged':
    case 'renewal':
      break;
  }
}

function onHeartbeat(state: NodeState, heartbeatNs: Nanoseconds, { nowNs, effects }: Turn): void {
  const { follower, terms } = state;
  follower.heardNs = nowNs;
  // Asked, the witness may have lent it the epoch already: nothing is promised meanwhile.
  if (follower.askedNs !== undefined || follower.grant !== undefined) return;
  // One word of two does not keep a primary that is heard again from trading.
  if (waitsForSecond(state, nowNs)) follower.operator = '';
  if (follower.operator !== '' || follower.isFirst) return;
  state.role = 'following';
  follower.unansweredNs = undefined;
  follower.promisedUntilNs = nowNs + withMargin(terms.leaseNs);
  effects.push({ kind: 'renewal', heartbeatNs });
}

/** Asks the witness, or takes what it was granted once its own promise is over. */
function seek(state: NodeState, { nowNs, effects }: Turn): void {
  const { follower, terms } = state;
  if (follower.isEnded && follower.operator === '') return;
  const isFree = nowNs >= follower.promisedUntilNs;
  if (!terms.hasWitness) {
    if (!isFree || (follower.operator === '' && !follower.isFirst)) return;
    becomePrimary(state, state.epoch + 1, { nowNs, effects });
    return;
  }
  state.role = 'seeking';
  if (isFree && follower.seconder !== '' && isWitnessSilent(state, nowNs)) {
    waiveWitness(state, { nowNs, effects });
    return;
  }
  const { grant } = follower;
  if (grant !== undefined && nowNs < grant.untilNs) {
    if (!isFree && !grant.isHolderDead) return;
    state.lease.witnessUntilNs = grant.untilNs;
    becomePrimary(state, grant.epoch, { nowNs, effects });
    return;
  }
  // One question at a time; an answer that does not come may be lost.
  if (follower.askedNs !== undefined && nowNs - follower.askedNs < terms.leaseNs / 2) return;
  follower.grant = undefined;
  follower.askedNs = nowNs;
  follower.unansweredNs ??= nowNs;
  const { node, instance } = terms;
  const isForced = follower.operator !== '';
  const asking = { node, instance, logEpoch: state.epoch, isForced, askedNs: nowNs };
  effects.push({ kind: 'ask', message: { kind: 'acquire', ...asking } });
}

function onWitnessFollowing(state: NodeState, message: FromWitness, turn: Turn): void {
  const { follower, terms } = state;
  if (message.kind !== 'granted' && message.kind !== 'refused') return;
  if (message.askedNs !== follower.askedNs) return;
  follower.askedNs = undefined;
  if (message.kind === 'granted') {
    const { epoch, isHolderDead, askedNs } = message;
    follower.grant = { epoch, isHolderDead, untilNs: askedNs + terms.leaseNs };
    seek(state, turn);
    return;
  }
  const isHeard = follower.isLinked && turn.nowNs - follower.heardNs < terms.leaseNs / 2;
  if (isHeard && !follower.isFirst) {
    state.role = 'following';
    follower.operator = '';
    follower.seconder = '';
  }
  if (message.reason !== 'held' || follower.isFirst) tell(state, message.text, turn);
}

/** Once for each reason. */
function tell(state: NodeState, text: string, { effects }: Turn): void {
  if (text === state.lastProblem) return;
  state.lastProblem = text;
  effects.push({ kind: 'problem', text: `witness: ${text}` });
}

function onPromoteFollowing(state: NodeState, operator: string, turn: Turn): void {
  const { follower, terms } = state;
  if (follower.isLinked && turn.nowNs - follower.heardNs < terms.leaseNs) {
    const text = `${operator} would promote ${terms.node}, but its primary lives: end that first`;
    state.lastProblem = text;
    turn.effects.push({ kind: 'problem', text });
    return;
  }
  const isFresh = follower.operator !== '' && turn.nowNs - follower.saidNs < SECOND_WORD_NS;
  if (isFresh && operator !== follower.operator) {
    follower.seconder = operator;
  } else {
    follower.operator = operator;
    follower.saidNs = turn.nowNs;
    follower.seconder = '';
  }
  seek(state, turn);
}

/** A primary that still has the witness's word, or this node's, has neither so long after. */
const isWitnessSilent = ({ follower, terms }: NodeState, nowNs: Nanoseconds) =>
  follower.unansweredNs !== undefined && nowNs - follower.unansweredNs >= withMargin(terms.leaseNs);

/** Whether one operator's word is there, and does not do: the witness does not answer. */
export function waitsForSecond(state: NodeState, nowNs: Nanoseconds): boolean {
  const { role, follower, terms } = state;
  const isOne = role === 'seeking' && follower.operator !== '' && follower.seconder === '';
  return terms.hasWitness && isOne && isWitnessSilent(state, nowNs);
}

function waiveWitness(state: NodeState, turn: Turn): void {
  const { follower } = state;
  follower.operator = `${follower.operator}, ${follower.seconder}`;
  state.isWitnessWaived = true;
  becomePrimary(state, state.epoch + 1, turn);
}

function becomePrimary(state: NodeState, epoch: number, { nowNs, effects }: Turn): void {
  const { follower } = state;
  invariant(epoch > state.epoch, 'an epoch is claimed once');
  const { operator, isFirst } = follower;
  state.role = 'primary';
  state.epoch = epoch;
  state.unpairedNs = nowNs;
  state.beatNs = nowNs;
  state.lastProblem = '';
  follower.grant = undefined;
  effects.push({ kind: 'claim', epoch, operator });
  // Whoever takes over has lost the other: the grant, or the operator's word, is for that.
  if (state.terms.takesOverAlone && (!isFirst || operator !== '')) goAlone(state, effects);
  beat(state, { nowNs, effects });
}
