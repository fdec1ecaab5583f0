/** A node that leads: it trades while its lease holds and its records are where they must be. */
import type { Nanoseconds } from '#engine';
import { BEATS } from './lease.ts';
import type { Lacking, NodeEffect, NodeEvent, Turn } from './node-event.ts';
import { hasLease, isWitnessed, type NodeState } from './node-state.ts';
import type { FromWitness } from './witness-messages.ts';

export function stepPrimary(state: NodeState, event: NodeEvent, turn: Turn): void {
  switch (event.kind) {
    case 'tick':
      onTick(state, turn);
      break;
    case 'standby-in-sync':
      // What another has promised says nothing about this one.
      if (event.standby !== state.synced) state.lease.standbyUntilNs = 0;
      state.synced = event.standby;
      state.isSynced = true;
      pair(state, turn);
      beat(state, turn);
      break;
    case 'renewal': {
      const untilNs = event.heartbeatNs + state.terms.leaseNs;
      state.lease.standbyUntilNs = Math.max(state.lease.standbyUntilNs, untilNs);
      pair(state, turn);
      break;
    }
    case 'standby-lost':
      state.isSynced = false;
      if (state.pairing === 'paired') unpair(state, turn);
      break;
    case 'overfull':
      suspend(state, 'room for held outputs', turn.effects);
      break;
    case 'acknowledged':
      takeUpAgain(state, turn);
      break;
    case 'witness':
      onWitnessPrimary(state, event.message, turn);
      break;
    case 'promote':
      if (state.pairing !== 'unpaired') break;
      state.wantsAlone = true;
      onTick(state, turn);
      break;
    case 'witness-lost':
    case 'linked':
    case 'unlinked':
    case 'heartbeat':
    case 'claim-read':
      break;
  }
}

/** Without a witness the lease is the standby's alone: it must have promised first. */
function pair(state: NodeState, turn: Turn): void {
  const { terms, lease, synced } = state;
  if (!state.isSynced || state.pairing === 'paired') return;
  if (!isWitnessed(state) && turn.nowNs >= lease.standbyUntilNs) return;
  state.pairing = 'paired';
  state.wantsAlone = false;
  turn.effects.push({ kind: 'pairing', pairing: 'paired', standby: synced });
  resume(state, turn.effects);
  if (terms.hasWitness) declare(state, synced, turn);
}

function unpair(state: NodeState, turn: Turn): void {
  state.pairing = 'unpaired';
  state.unpairedNs = turn.nowNs;
  onTick(state, turn);
}

function onTick(state: NodeState, turn: Turn): void {
  const { nowNs, effects } = turn;
  const { terms, unpairedNs } = state;
  if (!hasLease(state, nowNs)) {
    onLeaseOver(state, turn);
    if (isWitnessed(state)) return;
  }
  if (state.pairing === 'unpaired') {
    const { aloneAfterNs = Number.POSITIVE_INFINITY } = terms;
    const isLong = nowNs - unpairedNs >= aloneAfterNs;
    // By itself only where the witness can keep the standby from trading as well.
    if (isLong && !state.isWitnessWaived) state.wantsAlone = true;
    if (state.wantsAlone) seekAlone(state, turn);
  }
  if (isLongUnpaired(state, nowNs)) suspend(state, 'standby', effects);
  if (nowNs - state.beatNs >= terms.leaseNs / BEATS) beat(state, turn);
}

const isLongUnpaired = ({ pairing, unpairedNs, terms }: NodeState, nowNs: Nanoseconds) =>
  pairing === 'unpaired' && nowNs - unpairedNs >= terms.leaseNs;

/** With a witness another may trade from now on; without one an operator would have to say so. */
function onLeaseOver(state: NodeState, { nowNs, effects }: Turn): void {
  if (isWitnessed(state)) {
    state.role = 'stopped';
    effects.push({ kind: 'stop', reason: `the lease is over: ${state.terms.unansweredText}` });
    return;
  }
  if (state.pairing === 'paired') {
    state.pairing = 'unpaired';
    state.unpairedNs = nowNs;
  }
  suspend(state, 'standby', effects);
}

function suspend(state: NodeState, lacks: Lacking, effects: NodeEffect[]): void {
  if (state.isSuspended) return;
  state.isSuspended = true;
  effects.push({ kind: 'suspend', lacks });
}

function resume(state: NodeState, effects: NodeEffect[]): void {
  if (!state.isSuspended) return;
  state.isSuspended = false;
  effects.push({ kind: 'resume' });
}

/** The witness must know that this epoch's standby will lack records before the first of them. */
function seekAlone(state: NodeState, turn: Turn): void {
  if (state.declared.standby !== '') declare(state, '', turn);
  // One that is waived cannot agree: it is told when it answers again, before it may lend.
  if (!isWitnessed(state) || state.declared.isAgreed) goAlone(state, turn.effects);
}

export function goAlone(state: NodeState, effects: NodeEffect[]): void {
  state.pairing = 'alone';
  state.wantsAlone = false;
  effects.push({ kind: 'pairing', pairing: 'alone', standby: '' });
  resume(state, effects);
}

/** Says to the witness whom this primary is paired with from now on, '' for nobody. */
function declare(state: NodeState, standby: string, turn: Turn): void {
  state.declared = { standby, serial: state.declared.serial + 1, isAgreed: false };
  repeatDeclaration(state, turn);
}

function repeatDeclaration({ terms, epoch, declared }: NodeState, { nowNs, effects }: Turn) {
  const { node, instance } = terms;
  const { standby, serial } = declared;
  const message = { kind: 'declare', node, instance, epoch, standby, serial } as const;
  effects.push({ kind: 'ask', message: { ...message, askedNs: nowNs } });
}

export function beat(state: NodeState, { nowNs, effects }: Turn): void {
  const { terms, epoch, declared } = state;
  state.beatNs = nowNs;
  effects.push({ kind: 'heartbeat', heartbeatNs: nowNs });
  if (!terms.hasWitness) return;
  const { node, instance } = terms;
  const message = { kind: 'renew', node, instance, epoch, askedNs: nowNs } as const;
  effects.push({ kind: 'ask', message });
  if (!declared.isAgreed) repeatDeclaration(state, { nowNs, effects });
}

/** It knows the epoch that operators claimed: it lends that from here on, to this node alone. */
function endWaiver(state: NodeState, { effects }: Turn): void {
  state.isWitnessWaived = false;
  const text = `witness: it answers again, and lends epoch ${state.epoch}`;
  effects.push({ kind: 'problem', text });
}

/** Its standby has every record: nothing waits for it any more. */
function takeUpAgain(state: NodeState, { nowNs, effects }: Turn): void {
  if (!state.isSuspended || state.pairing !== 'paired' || !hasLease(state, nowNs)) return;
  const text = `what ${state.terms.node} wrote is acknowledged again, its venues are opened`;
  effects.push({ kind: 'problem', text });
  resume(state, effects);
}

function onWitnessPrimary(state: NodeState, message: FromWitness, turn: Turn): void {
  const { lease, terms, declared } = state;
  switch (message.kind) {
    case 'renewed':
      if (message.epoch !== state.epoch) break;
      lease.witnessUntilNs = Math.max(lease.witnessUntilNs, message.askedNs + terms.leaseNs);
      if (state.isWitnessWaived) endWaiver(state, turn);
      break;
    case 'agreed':
      if (message.epoch !== state.epoch || message.serial !== declared.serial) break;
      declared.isAgreed = true;
      if (state.pairing === 'unpaired' && state.wantsAlone) seekAlone(state, turn);
      break;
    case 'refused':
      if (message.reason !== 'superseded') break;
      state.role = 'stopped';
      turn.effects.push({ kind: 'stop', reason: `witness: ${message.text}` });
      break;
    case 'granted':
      break;
  }
}
