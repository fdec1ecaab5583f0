/** A session with hours: outside them no connection may stand, and each period counts from 1. */
import { describe, expect, it } from 'vitest';
import { script } from './session-script.ts';

const HOUR_S = 3_600;

/** The script begins on a Monday at midnight, UTC. */
describe('a session with a schedule', () => {
  const schedule = { timeZone: 'UTC', startSeconds: HOUR_S, endSeconds: 2 * HOUR_S };

  it('takes no Logon outside its hours', () => {
    const { play } = script('acceptor', { schedule });
    expect(play('0 connect\n0 < 35=A|34=1|98=0|108=0')).toEqual([
      '> 35=5|34=1|52=0|58=Logon attempt not within session time',
      'disconnect outside-schedule',
    ]);
    expect(script('initiator', { schedule }).play('0 connect')).toEqual([
      'disconnect outside-schedule',
    ]);
  });

  it('logs out when its hours are over', () => {
    const { play } = script('acceptor', { schedule });
    play('3600 connect\n3600 < 35=A|34=1|98=0|108=0');
    expect(play('7199 timer')).toEqual([]);
    expect(play('7200 timer\n7201 < 35=5|34=2')).toEqual([
      '> 35=5|34=2|52=7200|58=The hours of the session are over',
      'disconnect logged-out',
    ]);
  });

  it('goes on with its numbers within a period and begins at 1 with the next', () => {
    const { play, state } = script('acceptor', { schedule });
    play('3600 connect\n3600 < 35=A|34=1|98=0|108=0\n3601 send a\n3602 disconnect\n3603 connect');
    expect(play('3603 < 35=A|34=2|98=0|108=0')[0]).toBe('> 35=A|34=3|52=3603|98=0|108=0');
    expect(play('3604 disconnect\n90100 connect\n90100 < 35=A|34=1|98=0|108=0')).toEqual([
      '> 35=A|34=1|52=3700|98=0|108=0',
      'logged-on',
    ]);
    expect([...state.store.read(1, 9)]).toEqual([]);
  });
});
