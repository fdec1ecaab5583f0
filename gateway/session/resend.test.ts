/** Answers to ResendRequests as scripts. */
import { describe, expect, it } from 'vitest';
import type { SessionConfig } from './config.ts';
import { memoryStore } from './memory-store.ts';
import { script } from './session-script.ts';
import type { SentStore } from './store.ts';

/** An acceptor with a session that has sent: 1 Logon, 2 a, 3 b, 4 Heartbeat, 5 c, 6 Heartbeat. */
function busy(given: Partial<SessionConfig> & { store?: SentStore } = {}) {
  const played = script('acceptor', given);
  played.play(`
    0 connect
    0 < 35=A|34=1|98=0|108=30
    1 send a
    1 send b
    2 < 35=1|34=2|112=x
    3 send c
    4 < 35=1|34=3|112=y`);
  return played;
}

describe('answer to a ResendRequest', () => {
  it('repeats application messages with their first time and fills the rest', () => {
    expect(busy().play('5 < 35=2|34=4|7=1|16=0')).toEqual([
      '> 35=4|34=1|43=Y|52=5|122=5|36=2|123=Y',
      '> 35=D|34=2|43=Y|52=5|122=1|11=a',
      '> 35=D|34=3|43=Y|52=5|122=1|11=b',
      '> 35=4|34=4|43=Y|52=5|122=5|36=5|123=Y',
      '> 35=D|34=5|43=Y|52=5|122=3|11=c',
      '> 35=4|34=6|43=Y|52=5|122=5|36=7|123=Y',
    ]);
  });

  it('gives the range asked for, and not beyond what was sent', () => {
    expect(busy().play('5 < 35=2|34=4|7=3|16=4')).toEqual([
      '> 35=D|34=3|43=Y|52=5|122=1|11=b',
      '> 35=4|34=4|43=Y|52=5|122=5|36=5|123=Y',
    ]);
    expect(busy().play('5 < 35=2|34=4|7=6|16=900')).toEqual([
      '> 35=4|34=6|43=Y|52=5|122=5|36=7|123=Y',
    ]);
  });

  it('takes no numbers of its own: the next message follows the last one sent', () => {
    const { play, state } = busy();
    play('5 < 35=2|34=4|7=1|16=0');
    expect(state.store.nextSenderSeq()).toBe(7);
    expect(play('6 send d')).toEqual(['> 35=D|34=7|52=6|11=d']);
  });

  it('keeps back what the policy finds too old and says so', () => {
    const { play } = busy({
      resendPolicy: ({ sentNs }, nowNs) => (nowNs - sentNs > 3e9 ? 'gap-fill' : 'resend'),
    });
    expect(play('5 < 35=2|34=4|7=1|16=0')).toEqual([
      '> 35=4|34=1|43=Y|52=5|122=5|36=5|123=Y',
      '> 35=D|34=5|43=Y|52=5|122=3|11=c',
      '> 35=4|34=6|43=Y|52=5|122=5|36=7|123=Y',
      'withheld 2',
      'withheld 3',
    ]);
  });

  it('fills over what a bounded store no longer has', () => {
    expect(busy({ store: memoryStore({ messagesMax: 1 }) }).play('5 < 35=2|34=4|7=1|16=0')).toEqual(
      [
        '> 35=4|34=1|43=Y|52=5|122=5|36=5|123=Y',
        '> 35=D|34=5|43=Y|52=5|122=3|11=c',
        '> 35=4|34=6|43=Y|52=5|122=5|36=7|123=Y',
      ],
    );
  });

  it('is given in steps, so that no request floods the connection', () => {
    const { play, state } = busy({ resendMessagesPerStep: 2 });
    expect(play('5 < 35=2|34=4|7=2|16=0')).toEqual([
      '> 35=D|34=2|43=Y|52=5|122=1|11=a',
      '> 35=D|34=3|43=Y|52=5|122=1|11=b',
      '> 35=4|34=4|43=Y|52=5|122=5|36=5|123=Y',
    ]);
    expect(state.announcedNs).toBe(5_001_000_000);
    expect(play('5.0005 timer\n5.001 timer')).toEqual([
      '> 35=D|34=5|43=Y|52=5.001|122=3|11=c',
      '> 35=4|34=6|43=Y|52=5.001|122=5.001|36=7|123=Y',
    ]);
    expect(state.resend).toBeUndefined();
  });

  it('covers a second request that comes while the first is being answered', () => {
    const { play } = busy({ resendMessagesPerStep: 2 });
    play('5 < 35=2|34=4|7=2|16=0');
    expect(play('5 < 35=2|34=5|7=3|16=3')).toEqual([
      '> 35=D|34=3|43=Y|52=5|122=1|11=b',
      '> 35=4|34=4|43=Y|52=5|122=5|36=5|123=Y',
      '> 35=D|34=5|43=Y|52=5|122=3|11=c',
      '> 35=4|34=6|43=Y|52=5|122=5|36=7|123=Y',
    ]);
  });

  it('is not cut short by a second request that begins later', () => {
    const { play } = busy({ resendMessagesPerStep: 2 });
    play('5 < 35=2|34=4|7=2|16=0');
    expect(play('5 < 35=2|34=5|7=6|16=6')).toEqual([
      '> 35=D|34=5|43=Y|52=5|122=3|11=c',
      '> 35=4|34=6|43=Y|52=5|122=5|36=7|123=Y',
    ]);
  });

  it('ends with its connection: the next one asks for what it needs', () => {
    const { play } = busy({ resendMessagesPerStep: 2 });
    play('5 < 35=2|34=4|7=2|16=0\n5 disconnect\n6 connect\n6 < 35=A|34=5|98=0|108=30');
    expect(play('6.1 timer')).toEqual([]);
  });

  it('reaches messages that were numbered while nobody was connected', () => {
    const { play } = busy();
    play('5 disconnect\n6 send offline');
    expect(play('7 connect\n7 < 35=A|34=4|98=0|108=30\n7 < 35=2|34=5|7=7|16=7')).toEqual([
      '> 35=A|34=8|52=7|98=0|108=30',
      'logged-on',
      '> 35=D|34=7|43=Y|52=7|122=6|11=offline',
    ]);
  });
});
