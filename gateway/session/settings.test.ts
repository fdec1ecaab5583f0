/** What the session does under settings that are not the gateway's own. */
import { describe, expect, it } from 'vitest';
import type { SessionConfig } from './config.ts';
import { script } from './session-script.ts';
import { perform, settle, twoSides } from './two-sides.ts';

function active(given: Partial<SessionConfig> = {}) {
  const played = script('acceptor', given);
  played.play('0 connect\n0 < 35=A|34=1|98=0|108=30');
  return played;
}

describe('ResendRequests in chunks', () => {
  it('ask for so many at a time, until the gap is closed', () => {
    const { play, state } = active({ resendRequestChunk: 2 });
    expect(play('1 < 35=D|34=7|11=f')).toEqual(['> 35=2|34=2|52=1|7=2|16=3']);
    expect(play('2 < 35=D|34=2|43=Y|122=@1|11=a\n2 < 35=D|34=3|43=Y|122=@1|11=b')).toEqual([
      'deliver 2 a',
      '> 35=2|34=3|52=2|7=4|16=5',
      'deliver 3 b',
    ]);
    expect(play('3 < 35=4|34=4|43=Y|122=@3|123=Y|36=6')).toEqual(['> 35=2|34=4|52=3|7=6|16=6']);
    expect(play('4 < 35=D|34=6|43=Y|122=@1|11=e')).toEqual(['deliver 6 e', 'deliver 7 f']);
    expect(state.gap).toBeUndefined();
  });

  it('ends at infinity with the last chunk, where the other side wants that', () => {
    const { play } = active({ resendRequestChunk: 2, closedResendInterval: false });
    expect(play('1 < 35=D|34=5|11=f')).toEqual(['> 35=2|34=2|52=1|7=2|16=3']);
    expect(play('2 < 35=4|34=2|43=Y|122=@2|123=Y|36=4')).toEqual(['> 35=2|34=3|52=2|7=4|16=0']);
  });
});

describe('NextExpectedMsgSeqNum (789)', () => {
  const agreed = { nextExpectedMsgSeqNum: true };

  it('is said in both Logons, the answer counting the Logon it answers', () => {
    const { play } = script('acceptor', agreed);
    expect(play('0 connect\n0 < 35=A|34=1|98=0|108=30|789=1')).toEqual([
      '> 35=A|34=1|52=0|98=0|108=30|789=2',
      'logged-on',
    ]);
  });

  it('brings what was missed unasked, and asks for nothing itself', () => {
    const { play } = script('acceptor', agreed);
    play('0 connect\n0 < 35=A|34=1|98=0|108=30|789=1\n1 send a\n2 disconnect\n3 connect');
    expect(play('3 < 35=A|34=4|98=0|108=30|789=2')).toEqual([
      '> 35=A|34=3|52=3|98=0|108=30|789=2',
      '> 35=D|34=2|43=Y|52=3|122=1|11=a',
      '> 35=4|34=3|43=Y|52=3|122=3|36=4|123=Y',
      'logged-on',
    ]);
    expect(play('4 < 35=D|34=2|43=Y|122=@1|11=x\n4 < 35=4|34=3|43=Y|122=@4|123=Y|36=5')).toEqual([
      'deliver 2 x',
    ]);
  });

  it('refuses a side that waits for what was never sent: it counts another session', () => {
    const { play } = script('acceptor', agreed);
    expect(play('0 connect\n0 < 35=A|34=1|98=0|108=30|789=9')).toEqual([
      '> 35=5|34=1|52=0|58=NextExpectedMsgSeqNum too high, expecting 1 but received 9',
      'disconnect logon-refused',
    ]);
  });

  it('asks as ever where the other side does not say it', () => {
    const { play } = script('acceptor', agreed);
    expect(play('0 connect\n0 < 35=A|34=3|98=0|108=30')).toContain('> 35=2|34=2|52=0|7=1|16=2');
  });

  it('loses nothing of either side over connections that break', () => {
    const world = twoSides(agreed, agreed);
    for (let round = 0; round < 5; round++) {
      perform(world, { kind: 'connect' });
      perform(world, { kind: 'send', from: 0 });
      perform(world, { kind: 'send', from: 1 });
      perform(world, { kind: 'arrive', from: 0, count: round });
      perform(world, { kind: 'arrive', from: 1, count: 2 });
      perform(world, { kind: 'cut' });
    }
    settle(world);
    const [initiator, acceptor] = world.sides;
    expect(acceptor.delivered).toEqual(initiator.sent);
    expect(initiator.delivered).toEqual(acceptor.sent);
  });
});

describe('credentials', () => {
  const credentials = { username: 'desk', password: 'secret' };

  it('leave with the Logon of an initiator', () => {
    expect(script('initiator', { credentials }).play('0 connect')).toEqual([
      '> 35=A|34=1|52=0|98=0|108=30|553=desk|554=secret',
    ]);
  });

  it.each(['', '|553=desk', '|553=desk|554=wrong', '|553=other|554=secret'])(
    'keep a Logon with %s out',
    said => {
      const { play } = script('acceptor', { credentials });
      expect(play(`0 connect\n0 < 35=A|34=1|98=0|108=30${said}`)).toEqual([
        '> 35=5|34=1|52=0|58=Username or Password is not right',
        'disconnect logon-refused',
      ]);
    },
  );

  it('let the right Logon in, and are not said back', () => {
    const { play } = script('acceptor', { credentials });
    expect(play('0 connect\n0 < 35=A|34=1|98=0|108=30|553=desk|554=secret')).toEqual([
      '> 35=A|34=1|52=0|98=0|108=30',
      'logged-on',
    ]);
  });
});

describe('numbers begin at 1 again', () => {
  it.each<[string, Partial<SessionConfig>, string]>([
    ['with each connection', { resetOnDisconnect: true }, '2 disconnect'],
    ['after a Logout', { resetOnLogout: true }, '2 < 35=5|34=3\n2 disconnect'],
    ['with each Logon', { resetOnLogon: true }, '2 disconnect'],
  ])('%s', (_, given, ending) => {
    const { play } = active(given);
    play(`1 < 35=D|34=2|11=a\n1 send b\n${ending}\n3 connect`);
    expect(play('3 < 35=A|34=1|98=0|108=30')).toEqual([
      '> 35=A|34=1|52=3|98=0|108=30',
      'logged-on',
    ]);
  });

  it('with none of them, unless asked for', () => {
    const { play } = active();
    play('1 < 35=D|34=2|11=a\n2 disconnect\n3 connect');
    expect(play('3 < 35=A|34=1|98=0|108=30')[0]).toContain('MsgSeqNum too low, expecting 3');
  });
});

describe('checks that may be left out', () => {
  it('takes any CompIDs where none are checked', () => {
    const { play } = active({ checksCompIds: false });
    expect(play('1 < 35=D|34=2|49=WHO|11=a')).toEqual(['deliver 2 a']);
  });

  it('takes numbers as they come where none are checked', () => {
    const { play } = active({ checksSequenceNumbers: false });
    expect(play('1 < 35=D|34=9|11=a\n1 < 35=D|34=2|11=b')).toEqual(['deliver 9 a', 'deliver 2 b']);
  });
});

it('delivers messages of any type whole where the owner reads them itself', () => {
  expect(active({ delivery: 'whole' }).play('1 < 35=R|34=2|131=q')).toEqual(['deliver 2 R']);
});
