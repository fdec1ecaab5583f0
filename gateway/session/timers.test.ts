/** Heartbeats, deadlines and the logout exchange as scripts. */
import { describe, expect, it } from 'vitest';
import type { SessionConfig } from './config.ts';
import { script } from './session-script.ts';

function active(given: Partial<SessionConfig> = {}) {
  const played = script('initiator', { heartbeatNs: 10e9, ...given });
  played.play('0 connect\n0 < 35=A|34=1|98=0|108=10');
  return played;
}

describe('signs of life', () => {
  it('sends a Heartbeat when nothing was sent for an interval, and not before', () => {
    const { play, state } = active();
    expect(state.announcedNs).toBe(10e9);
    play('4 send a\n4 < 35=0|34=2');
    expect(play('10 timer\n13.9 timer')).toEqual([]);
    expect(state.announcedNs).toBe(14e9);
    expect(play('14 timer')).toEqual(['> 35=0|34=3|52=14']);
  });

  it('asks after 1.2 intervals of silence and leaves after 2.4', () => {
    const { play } = active();
    expect(play('10 timer')).toEqual(['> 35=0|34=2|52=10']);
    expect(play('11.9 timer')).toEqual([]);
    expect(play('12 timer')).toEqual(['> 35=1|34=3|52=12|112=3']);
    expect(play('22 timer')).toEqual(['> 35=0|34=4|52=22']);
    expect(play('23.9 timer')).toEqual([]);
    expect(play('24 timer')).toEqual(['disconnect heartbeat-timeout']);
  });

  it('takes any message as the answer', () => {
    const { play, state } = active();
    play('10 timer\n12 timer\n13 < 35=D|34=2|11=a\n22 timer');
    expect(play('24 timer')).toEqual([]);
    expect(state.announcedNs).toBe(25e9);
    expect(play('25 timer')).toEqual(['> 35=1|34=5|52=25|112=5']);
  });

  it('takes no garbage for a sign of life', () => {
    const { play } = active();
    play('10 timer\n11 garbage noise');
    expect(play('12 timer')).toEqual(['> 35=1|34=3|52=12|112=3']);
  });

  it('asks first even when it woke up late: the answer may be on its way', () => {
    const { play } = active();
    expect(play('60 timer')).toEqual(['> 35=1|34=2|52=60|112=2']);
    expect(play('71.9 timer')).toEqual(['> 35=0|34=3|52=71.9']);
    expect(play('72 timer')).toEqual(['disconnect heartbeat-timeout']);
  });

  it('answers a TestRequest with its id', () => {
    expect(active().play('3 < 35=1|34=2|112=are you there')).toEqual([
      '> 35=0|34=2|52=3|112=are you there',
    ]);
  });

  it('sends none at an interval of 0, and waits for none', () => {
    const { play, state } = active({ heartbeatNs: 0 });
    state.announcedNs = Number.POSITIVE_INFINITY;
    expect(play('3600 timer')).toEqual([]);
    expect(state.announcedNs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('deadlines', () => {
  it('leaves when a gap is not filled, to ask again at the next logon', () => {
    const { play } = active({ heartbeatNs: 0 });
    expect(play('1 < 35=D|34=5|11=d')).toEqual(['> 35=2|34=2|52=1|7=2|16=4']);
    expect(play('20 < 35=D|34=2|43=Y|122=@1|11=a\n31 timer')).toEqual(['deliver 2 a']);
    expect(play('50 timer')).toEqual([
      '> 35=5|34=3|52=50|58=Messages from 3 on were asked for and did not come',
      'disconnect gap-timeout',
    ]);
  });

  it('leaves when a Logout is not answered', () => {
    const { play } = active();
    expect(play('1 logout done for today')).toEqual(['> 35=5|34=2|52=1|58=done for today']);
    expect(play('2.9 timer\n3 timer')).toEqual(['disconnect logout-timeout']);
  });

  it('leaves when the other side logged out and does not close', () => {
    const { play } = active();
    expect(play('1 < 35=5|34=2\n2.9 timer\n3 timer')).toEqual([
      '> 35=5|34=2|52=1',
      'disconnect logged-out',
    ]);
  });
});

describe('logout', () => {
  it('is over when the other side confirms it', () => {
    const { play, state } = active();
    expect(play('1 logout\n1 < 35=5|34=2')).toEqual(['> 35=5|34=2|52=1', 'disconnect logged-out']);
    expect([state.store.nextSenderSeq(), state.store.nextTargetSeq()]).toEqual([3, 3]);
  });

  it('still takes what was on its way, a fill must not be lost', () => {
    const { play } = active();
    expect(play('1 logout\n1 < 35=D|34=2|11=a\n1 < 35=2|34=3|7=1|16=1\n1 < 35=5|34=4')).toEqual([
      '> 35=5|34=2|52=1',
      'deliver 2 a',
      '> 35=4|34=1|43=Y|52=1|122=1|36=2|123=Y',
      'disconnect logged-out',
    ]);
  });

  it('of the other side is confirmed in the midst of a gap', () => {
    const { play, state } = active();
    expect(play('1 < 35=5|34=9')).toEqual(['> 35=5|34=2|52=1']);
    expect(state.status).toBe('logout-answered');
    expect(play('1 disconnect')).toEqual([]);
    expect(state.store.nextTargetSeq()).toBe(2);
  });

  it('keeps what the owner sends after it for the next session', () => {
    const { play } = active();
    expect(play('1 logout\n1 send late\n1 < 35=5|34=2').slice(1)).toEqual([
      'disconnect logged-out',
    ]);
    expect(play('2 connect\n2 < 35=A|34=3|98=0|108=10\n2 < 35=2|34=4|7=3|16=3')).toEqual([
      '> 35=A|34=4|52=2|98=0|108=10',
      'logged-on',
      '> 35=D|34=3|43=Y|52=2|122=1|11=late',
    ]);
  });

  it('before the logon is complete just leaves, and without a connection does nothing', () => {
    const { play } = script('initiator');
    expect(play('0 logout')).toEqual([]);
    expect(play('0 connect\n0 logout').slice(1)).toEqual(['disconnect logged-out']);
  });
});
