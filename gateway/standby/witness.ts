/** The witness as a state machine: it lends the right to trade to one node at a time, by epochs. */
import type { Nanoseconds } from '#engine';
import { withMargin } from './lease.ts';
import type { FromWitness, RefusalReason, ToWitness } from './witness-messages.ts';

/** What must outlive the witness's process before it answers. */
export type WitnessRecord = {
  /** Of the latest grant; 0 before the first. An older one is never served again. */
  epoch: number;
  /** The node that holds it. */
  holder: string;
  /** The other node that has all that left under this epoch, and may follow; '' for none. */
  standby: string;
  /** Of the latest declaration of that in this epoch. */
  serial: number;
  /** The epoch whose claim is known to stand in a log: a log without it lacks what came after. */
  claimed: number;
};

export type WitnessState = WitnessRecord & {
  readonly leaseNs: Nanoseconds;
  /** The holder's process; '' where this process has not heard from it yet. */
  instance: string;
  /** By this clock, later than the holder's own end of it. */
  leaseUntilNs: Nanoseconds;
  /** Its watchdog has seen the holder's process end. */
  isHolderDead: boolean;
};

export const NEW_WITNESS: WitnessRecord = {
  ...{ epoch: 0, holder: '', standby: '', serial: 0, claimed: 0 },
};

/** A witness that was restarted does not know what it lent last: it waits for a whole lease. */
export function createWitness(
  record: WitnessRecord,
  { leaseNs, nowNs }: { leaseNs: Nanoseconds; nowNs: Nanoseconds },
): WitnessState {
  const leaseUntilNs = record.epoch === 0 ? nowNs : nowNs + withMargin(leaseNs);
  return { ...record, leaseNs, leaseUntilNs, instance: '', isHolderDead: false };
}

/**
 * The answer, undefined where none is due. What changed of the record must be on the medium before
 * the answer leaves.
 */
export function stepWitness(
  state: WitnessState,
  message: ToWitness,
  nowNs: Nanoseconds,
): FromWitness | undefined {
  switch (message.kind) {
    case 'acquire':
      return acquire(state, message, nowNs);
    case 'renew':
      return renew(state, message, nowNs);
    case 'declare':
      return declare(state, message);
    case 'dead':
      if (message.node === state.holder && message.instance === state.instance) {
        state.isHolderDead = true;
      }
      return undefined;
  }
}

type Acquire = Extract<ToWitness, { kind: 'acquire' }>;
type Renew = Extract<ToWitness, { kind: 'renew' }>;
type Declare = Extract<ToWitness, { kind: 'declare' }>;

function acquire(state: WitnessState, asked: Acquire, nowNs: Nanoseconds): FromWitness {
  const { node, instance, askedNs } = asked;
  // Its first answer may have been lost on the way; nobody else has this epoch.
  const isAgain = node === state.holder && instance === state.instance && !state.isHolderDead;
  if (!isAgain) {
    const refusal = refusalOf(state, asked, nowNs);
    if (refusal !== undefined) return { kind: 'refused', ...refusal, askedNs };
  }
  const { isHolderDead } = state;
  if (!isAgain) {
    state.epoch = Math.max(state.epoch, asked.logEpoch) + 1;
    state.holder = node;
    state.instance = instance;
    state.standby = '';
    state.serial = 0;
    state.isHolderDead = false;
  }
  state.leaseUntilNs = nowNs + withMargin(state.leaseNs);
  return { kind: 'granted', epoch: state.epoch, isHolderDead, askedNs };
}

type Refusal = { reason: RefusalReason; text: string };

function refusalOf(
  state: WitnessState,
  { node, logEpoch, isForced }: Acquire,
  nowNs: Nanoseconds,
): Refusal | undefined {
  const { epoch, holder, standby, claimed } = state;
  if (epoch > 0 && !state.isHolderDead && nowNs < state.leaseUntilNs) {
    return {
      reason: 'held',
      text: `${holder} holds epoch ${epoch}; end it, or wait for its lease`,
    };
  }
  if (isForced) return undefined;
  const remedy = 'promote it by an operator only if what it lacks may be given up';
  if (logEpoch > epoch) {
    const text = `the log of ${node} has epoch ${logEpoch}, this witness knows ${epoch}`;
    return { reason: 'strange-log', text: `${text}; give the witness its own file, or ${remedy}` };
  }
  if (epoch > 0 && node !== holder && node !== standby) {
    const others = standby === '' ? 'alone' : `with ${standby}`;
    const text = `${holder} traded ${others} in epoch ${epoch}, ${node} may lack records`;
    return { reason: 'not-in-sync', text: `${text}; start ${holder} again, or ${remedy}` };
  }
  if (logEpoch < claimed) {
    const text = `the log of ${node} ends in epoch ${logEpoch}, that of ${holder} has ${claimed}`;
    return { reason: 'log-behind', text: `${text}; give ${node} its own --out DIR, or ${remedy}` };
  }
  return undefined;
}

function renew(state: WitnessState, asked: Renew, nowNs: Nanoseconds): FromWitness {
  const { node, instance, epoch, askedNs } = asked;
  if (isByWord(state, asked)) {
    Object.assign(state, { epoch, holder: node, standby: '', serial: 0, instance });
    state.isHolderDead = false;
  }
  const isOther = state.instance !== '' && state.instance !== instance;
  if (epoch < state.epoch || node !== state.holder || isOther || state.isHolderDead) {
    const text = `${state.holder} holds epoch ${state.epoch}: ${node} of epoch ${epoch} is void`;
    return { kind: 'refused', reason: 'superseded', text, askedNs };
  }
  state.instance = instance;
  state.claimed = epoch;
  state.leaseUntilNs = nowNs + withMargin(state.leaseNs);
  return { kind: 'renewed', epoch, askedNs };
}

/**
 * Operators had it claimed while this witness was not there: a newer epoch than known, or the one
 * lent last. Who was lent that died before the claim, or no operator would have said a word.
 */
function isByWord(state: WitnessState, { node, instance, epoch }: Renew): boolean {
  if (epoch !== state.epoch) return epoch > state.epoch;
  const isHolder = node === state.holder && (state.instance === '' || state.instance === instance);
  return state.claimed < epoch && !isHolder;
}

/** One that was overtaken on its way by a later one is void. */
function declare(state: WitnessState, asked: Declare): FromWitness | undefined {
  const { node, epoch, standby, serial, askedNs } = asked;
  if (epoch !== state.epoch || node !== state.holder || state.isHolderDead) {
    const text = `${state.holder} holds epoch ${state.epoch}: ${node} of epoch ${epoch} is void`;
    return { kind: 'refused', reason: 'superseded', text, askedNs };
  }
  if (serial < state.serial) return undefined;
  state.standby = standby;
  state.serial = serial;
  return { kind: 'agreed', epoch, serial };
}
