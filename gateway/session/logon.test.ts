/** The logon exchange as scripts, a line an event or an effect. */
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import type { SessionEffect } from './event.ts';
import { memoryStore } from './memory-store.ts';
import { script, wireMessage } from './session-script.ts';
import { stepSession } from './step.ts';

function storeAt(nextSender: number, nextTarget: number) {
  const store = memoryStore();
  while (store.nextSenderSeq() < nextSender) {
    store.append(store.nextSenderSeq(), Buffer.alloc(0), true);
  }
  store.setNextTargetSeq(nextTarget);
  return store;
}

describe('initiator logon', () => {
  it('sends the first Logon and is active on the answer', () => {
    const { play, state } = script('initiator');
    expect(play('0 connect')).toEqual(['> 35=A|34=1|52=0|98=0|108=30']);
    expect(play('0.1 < 35=A|34=1|98=0|108=30')).toEqual(['logged-on']);
    expect(state.status).toBe('active');
    expect(state.store.nextTargetSeq()).toBe(2);
  });

  it('goes on counting after a reconnect, or the venue would refuse it', () => {
    const { play } = script('initiator');
    play('0 connect\n0 < 35=A|34=1|98=0|108=30\n1 disconnect');
    expect(play('2 connect')).toEqual(['> 35=A|34=2|52=2|98=0|108=30']);
    expect(play('2 < 35=A|34=2|98=0|108=30')).toEqual(['logged-on']);
  });

  it('takes a new connection after a restart that has not seen the old one end', () => {
    const { play, state } = script('initiator');
    play('0 connect\n0 < 35=A|34=1|98=0|108=30');
    expect(play('25 connect')).toEqual(['> 35=A|34=2|52=25|98=0|108=30']);
    expect(state.announcedNs).toBe(35e9);
  });

  it('asks for what it missed when the answer is numbered too high', () => {
    const { play, state } = script('initiator', { store: storeAt(1, 3) });
    expect(play('0 connect\n0 < 35=A|34=7|98=0|108=30')).toEqual([
      '> 35=A|34=1|52=0|98=0|108=30',
      '> 35=2|34=2|52=0|7=3|16=6',
      'logged-on',
    ]);
    expect(play('0 < 35=4|34=3|43=Y|122=@0|123=Y|36=7')).toEqual([]);
    expect(state.store.nextTargetSeq()).toBe(8);
    expect(state.gap).toBeUndefined();
  });

  it('leaves when the answer is numbered too low: one side has lost its numbers', () => {
    const { play, state } = script('initiator', { store: storeAt(1, 3) });
    expect(play('0 connect\n0 < 35=A|34=2|98=0|108=30').slice(1)).toEqual([
      '> 35=5|34=2|52=0|58=MsgSeqNum too low, expecting 3 but received 2',
      'disconnect sequence-too-low',
    ]);
    expect(state.status).toBe('disconnected');
    expect(state.store.nextTargetSeq()).toBe(3);
  });

  it('takes a Logout instead of a Logon as a refusal and says what the venue said', () => {
    const { play, state } = script('initiator');
    expect(play('0 connect\n0 < 35=5|34=1|58=closed today').slice(1)).toEqual([
      'disconnect logon-refused',
    ]);
    expect(state.store.nextTargetSeq()).toBe(2);
  });

  it('tells our log alone by how much the clocks differ, and what to do about it', () => {
    const told = (message: string) => {
      const { state } = script('initiator', { logonTimeoutNs: 1e14 });
      const effects: SessionEffect[] = [];
      stepSession(state, { kind: 'connected', timeNs: 0 }, effects);
      const bytes = wireMessage(message, state.config, 0);
      stepSession(state, { kind: 'message', timeNs: 10_860 * SECOND_NS, bytes }, effects);
      return effects
        .filter(({ kind }) => kind !== 'timer')
        .map(effect => (effect.kind === 'disconnect' ? effect.text : effect.kind));
    };
    const clock = '; its clock is 3 h 1 min behind ours: set the clock of this machine';
    // Its own words, as it has found our Logon to be from another time.
    const refused = told('35=5|34=1|58=SendingTime accuracy problem');
    expect(refused).toEqual(['send', expect.stringContaining(`accuracy problem${clock}`)]);
    const answered = told('35=A|34=1|98=0|108=30');
    expect(answered).toEqual(['send', 'send', expect.stringContaining(`problem${clock}`)]);
  });

  it('gives up when nothing answers in time', () => {
    const { play } = script('initiator');
    expect(play('0 connect\n9.9 timer').slice(1)).toEqual([]);
    expect(play('10 timer')).toEqual(['disconnect logon-timeout']);
  });

  it('starts both sides at 1 when it is told to', () => {
    const { play, state } = script('initiator', { store: storeAt(9, 5), resetOnLogon: true });
    expect(play('0 connect\n0 < 35=A|34=1|98=0|108=30|141=Y')).toEqual([
      '> 35=A|34=1|52=0|98=0|108=30|141=Y',
      'logged-on',
    ]);
    expect([state.store.nextSenderSeq(), state.store.nextTargetSeq()]).toEqual([2, 2]);
  });

  it('does not go on when only it has begun again: old messages would count as new', () => {
    const { play } = script('initiator', { store: storeAt(9, 5), resetOnLogon: true });
    expect(play('0 connect\n0 < 35=A|34=5|98=0|108=30').slice(1)).toEqual([
      '> 35=5|34=2|52=0|58=ResetSeqNumFlag was not confirmed',
      'disconnect logon-refused',
    ]);
  });

  it('does not let the venue begin again unasked: what it missed would be lost', () => {
    const { play, state } = script('initiator', { store: storeAt(9, 5) });
    expect(play('0 connect\n0 < 35=A|34=1|98=0|108=30|141=Y').slice(1)).toEqual([
      '> 35=5|34=10|52=0|58=ResetSeqNumFlag was not asked for',
      'disconnect logon-refused',
    ]);
    expect(state.store.nextTargetSeq()).toBe(5);
  });

  it('sends what was numbered while the Logon was under way, in order, at once', () => {
    const { play } = script('initiator');
    expect(play('0 connect\n1 send early\n1 send bird').slice(1)).toEqual([]);
    expect(play('2 < 35=A|34=1|98=0|108=30')).toEqual([
      '> 35=D|34=2|43=Y|52=2|122=1|11=early',
      '> 35=D|34=3|43=Y|52=2|122=1|11=bird',
      'logged-on',
    ]);
    expect(play('3 send next')).toEqual(['> 35=D|34=4|52=3|11=next']);
  });
});

describe('acceptor logon', () => {
  it('says nothing before the initiator, then confirms its interval', () => {
    const { play, state } = script('acceptor');
    expect(play('0 connect')).toEqual([]);
    expect(play('0 < 35=A|34=1|98=0|108=5')).toEqual(['> 35=A|34=1|52=0|98=0|108=5', 'logged-on']);
    expect(state.heartbeatNs).toBe(5e9);
  });

  it('confirms first and then asks for what it missed', () => {
    const { play } = script('acceptor');
    expect(play('0 connect\n0 < 35=A|34=3|98=0|108=30')).toEqual([
      '> 35=A|34=1|52=0|98=0|108=30',
      '> 35=2|34=2|52=0|7=1|16=2',
      'logged-on',
    ]);
  });

  it('begins again at 1 when the initiator asks for it', () => {
    const { play, state } = script('acceptor', { store: storeAt(9, 5) });
    expect(play('0 connect\n0 < 35=A|34=1|98=0|108=30|141=Y')).toEqual([
      '> 35=A|34=1|52=0|98=0|108=30|141=Y',
      'logged-on',
    ]);
    expect(state.store.nextTargetSeq()).toBe(2);
  });

  it('begins again at 1 within a session too', () => {
    const { play, state } = script('acceptor');
    play('0 connect\n0 < 35=A|34=1|98=0|108=30\n1 send a');
    expect(play('2 < 35=A|34=1|98=0|108=10|141=Y')).toEqual(['> 35=A|34=1|52=2|98=0|108=10|141=Y']);
    expect([state.store.nextSenderSeq(), state.store.nextTargetSeq()]).toEqual([2, 2]);
    expect(play('3 < 35=D|34=2|11=b')).toEqual(['deliver 2 b']);
  });

  it.each([
    ['a stranger', '35=A|34=1|49=OTHER|98=0|108=30', ['disconnect wrong-comp-id']],
    ['a wrong address', '35=A|34=1|56=OTHER|98=0|108=30', ['disconnect wrong-comp-id']],
    ['another message', '35=D|34=1|11=a', ['disconnect not-a-logon']],
    ['a Logon without a number', '35=A|34=-|98=0|108=30', ['disconnect sequence-missing']],
  ])('tells %s nothing', (_, message, output) => {
    expect(script('acceptor').play(`0 connect\n0 < ${message}`)).toEqual(output);
  });

  it.each([
    ['no interval', '35=A|34=1|98=0', 'Required tag missing: 108'],
    ['an interval in words', '35=A|34=1|98=0|108=soon', 'Incorrect data format for value: 108'],
    ['a negative interval', '35=A|34=1|98=0|108=-5', 'Incorrect data format for value: 108'],
    ['an endless interval', '35=A|34=1|98=0|108=3601', 'HeartBtInt above 3600 s'],
    ['encryption', '35=A|34=1|98=1|108=30', 'Value is incorrect (out of range) for this tag: 98'],
    ['a reset numbered 2', '35=A|34=2|98=0|108=30|141=Y', 'ResetSeqNumFlag needs MsgSeqNum 1'],
    [
      'a Logon with a broken field',
      '35=A|34=1|98=0|108=30|58=',
      'Tag specified without a value: 58',
    ],
  ])('refuses %s and says why', (_, message, text) => {
    expect(script('acceptor').play(`0 connect\n0 < ${message}`)).toEqual([
      `> 35=5|34=1|52=0|58=${text}`,
      expect.stringMatching(/^disconnect (logon-refused|malformed-logon)$/),
    ]);
  });

  it('refuses a Logon from another time', () => {
    const input = '0 connect\n200 < 35=A|34=1|52=@79|98=0|108=30';
    expect(script('acceptor', { logonTimeoutNs: 1e12 }).play(input)).toEqual([
      '> 35=5|34=1|52=200|58=SendingTime accuracy problem',
      'disconnect sending-time',
    ]);
    const inTime = '0 connect\n200 < 35=A|34=1|52=@80|98=0|108=30';
    expect(script('acceptor', { logonTimeoutNs: 1e12 }).play(inTime)[1]).toBe('logged-on');
  });

  it('refuses a number that is too low', () => {
    const play = script('acceptor', { store: storeAt(4, 6) }).play;
    expect(play('0 connect\n0 < 35=A|34=5|98=0|108=30')).toEqual([
      '> 35=5|34=4|52=0|58=MsgSeqNum too low, expecting 6 but received 5',
      'disconnect sequence-too-low',
    ]);
  });

  it('does not wait for ever for a Logon', () => {
    expect(script('acceptor').play('0 connect\n10 timer')).toEqual(['disconnect logon-timeout']);
  });

  it('refuses a second Logon but lives on', () => {
    const { play, state } = script('acceptor');
    play('0 connect\n0 < 35=A|34=1|98=0|108=30');
    expect(play('1 < 35=A|34=2|98=0|108=30')).toEqual([
      '> 35=3|34=2|52=1|45=2|58=Other|371=35|372=A|373=99',
    ]);
    expect(state.status).toBe('active');
  });
});
