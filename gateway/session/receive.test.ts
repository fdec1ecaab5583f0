/** Numbers, gaps, resets and refusals as scripts. */
import { describe, expect, it } from 'vitest';
import type { SessionConfig } from './config.ts';
import { GAP_ENTRY_BYTES } from './gap.ts';
import { script } from './session-script.ts';

/** An acceptor with a session, both sides' next number 2. */
function active(given: Partial<SessionConfig> = {}) {
  const played = script('acceptor', given);
  played.play('0 connect\n0 < 35=A|34=1|98=0|108=30');
  return played;
}

describe('order of messages', () => {
  it('delivers each message once, in order', () => {
    const { play } = active();
    expect(play('1 < 35=D|34=2|11=a\n1 < 35=D|34=3|11=b')).toEqual(['deliver 2 a', 'deliver 3 b']);
  });

  it('asks once for a gap, holds what came behind it and delivers all in order', () => {
    const { play, state } = active();
    expect(play('1 < 35=D|34=4|11=c\n1 < 35=D|34=5|11=d')).toEqual(['> 35=2|34=2|52=1|7=2|16=3']);
    expect(
      play('2 < 35=D|34=2|43=Y|122=@1|11=a\n2 < 35=D|34=3|43=Y|122=@1|11=b\n3 < 35=D|34=6|11=e'),
    ).toEqual(['deliver 2 a', 'deliver 3 b', 'deliver 4 c', 'deliver 5 d', 'deliver 6 e']);
    expect(state.gap).toBeUndefined();
  });

  it('takes a gap fill for messages not worth resending', () => {
    const { play } = active();
    play('1 < 35=D|34=6|11=e');
    expect(play('2 < 35=4|34=2|43=Y|122=@2|123=Y|36=5')).toEqual([]);
    expect(play('2 < 35=D|34=5|43=Y|122=@1|11=d')).toEqual(['deliver 5 d', 'deliver 6 e']);
  });

  it('drops from behind the gap what a gap fill covers', () => {
    const { play, state } = active();
    play('1 < 35=D|34=4|11=c\n1 < 35=D|34=6|11=e');
    expect(play('2 < 35=4|34=2|43=Y|122=@2|123=Y|36=6')).toEqual(['deliver 6 e']);
    expect(state.gap).toBeUndefined();
  });

  it('asks again for a hole behind the gap, such as a full queue leaves', () => {
    const { play, state } = active({ gapQueueBytesMax: 2 * GAP_ENTRY_BYTES });
    const bytes = '3 < 35=D|34=3|11=b\n3 < 35=D|34=4|11=c\n3 < 35=D|34=5|11=d';
    expect(play(bytes)).toEqual(['> 35=2|34=2|52=3|7=2|16=2']);
    expect(state.counters.gapQueueDropped).toBe(2);
    expect(play('4 < 35=D|34=2|43=Y|122=@1|11=a')).toEqual([
      '> 35=2|34=3|52=4|7=4|16=5',
      'deliver 2 a',
      'deliver 3 b',
    ]);
    expect(play('5 < 35=D|34=4|43=Y|122=@3|11=c\n5 < 35=D|34=5|43=Y|122=@3|11=d')).toEqual([
      'deliver 4 c',
      'deliver 5 d',
    ]);
    expect(state.gap).toBeUndefined();
  });

  it('asks only for the hole, not for what it holds behind it', () => {
    const { play } = active({ gapQueueBytesMax: 2 * GAP_ENTRY_BYTES + 500 });
    const long = 'c'.repeat(500);
    play(`3 < 35=D|34=3|11=b\n3 < 35=D|34=4|11=${long}\n3 < 35=D|34=5|11=d`);
    expect(play('4 < 35=D|34=2|43=Y|122=@1|11=a')[0]).toBe('> 35=2|34=3|52=4|7=4|16=4');
    const output = play(`5 < 35=D|34=4|43=Y|122=@3|11=${long}`);
    expect(output).toEqual([`deliver 4 ${long}`, 'deliver 5 d']);
  });

  it('drops repetitions of what it has', () => {
    const { play, state } = active();
    expect(play('1 < 35=D|34=2|11=a\n2 < 35=D|34=2|43=Y|122=@1|11=a')).toEqual(['deliver 2 a']);
    expect(state.counters.duplicates).toBe(1);
  });

  it('ends the session on a low number that claims to be new: somebody lost count', () => {
    const { play, state } = active();
    expect(play('1 < 35=D|34=2|11=a\n2 < 35=D|34=2|11=x')).toEqual([
      'deliver 2 a',
      '> 35=5|34=2|52=2|58=MsgSeqNum too low, expecting 3 but received 2',
      'disconnect sequence-too-low',
    ]);
    expect(state.store.nextTargetSeq()).toBe(3);
  });

  it('answers a ResendRequest behind a gap at once, or both sides would wait for ever', () => {
    const { play } = active();
    play('1 send mine');
    expect(play('2 < 35=2|34=4|7=2|16=0')).toEqual([
      '> 35=D|34=2|43=Y|52=2|122=1|11=mine',
      '> 35=2|34=3|52=2|7=2|16=3',
    ]);
    expect(play('3 < 35=4|34=2|43=Y|122=@3|123=Y|36=4\n4 < 35=D|34=5|11=a')).toEqual([
      'deliver 5 a',
    ]);
  });

  it('forgets what waited behind a gap when the connection ends, and asks again', () => {
    const { play } = active();
    play('1 < 35=D|34=3|11=b\n2 disconnect\n3 connect');
    expect(play('3 < 35=A|34=4|98=0|108=30')).toEqual([
      '> 35=A|34=3|52=3|98=0|108=30',
      '> 35=2|34=4|52=3|7=2|16=3',
      'logged-on',
    ]);
    expect(play('4 < 35=D|34=2|43=Y|122=@1|11=a\n4 < 35=D|34=3|43=Y|122=@1|11=b')).toEqual([
      'deliver 2 a',
      'deliver 3 b',
    ]);
  });

  it('bounds its memory by bytes whatever numbers arrive', () => {
    const { play, state } = active({ gapQueueBytesMax: 100_000 });
    for (let number = 3; number < 3_000; number++) play(`1 < 35=D|34=${number * 500_000}|11=a`);
    expect(state.gap!.queuedBytes).toBeLessThanOrEqual(100_000);
    expect(state.gap!.queue.size).toBeLessThan(250);
  });
});

describe('SequenceReset', () => {
  it('sets the next number outright, whatever number it carries', () => {
    const { play, state } = active();
    expect(play('1 < 35=4|34=99|36=10\n2 < 35=D|34=10|11=a')).toEqual(['deliver 10 a']);
    expect(state.counters.skippedByReset).toBe(8);
  });

  it('closes a gap outright, and what waited behind it is delivered', () => {
    const { play } = active();
    play('1 < 35=D|34=5|11=d');
    expect(play('2 < 35=4|34=1|36=5')).toEqual(['deliver 5 d']);
  });

  it('is refused backwards: what was delivered would be delivered again', () => {
    const { play, state } = active();
    play('1 < 35=D|34=2|11=a');
    expect(play('2 < 35=4|34=3|36=2')).toEqual([
      '> 35=3|34=2|52=2|45=3|58=Value is incorrect (out of range) for this tag|371=36|372=4|373=5',
    ]);
    expect(state.store.nextTargetSeq()).toBe(3);
  });

  it('is refused as a gap fill that fills nothing, and does not come round again', () => {
    const { play, state } = active();
    expect(play('1 < 35=4|34=2|123=Y|36=2')).toHaveLength(1);
    expect(state.store.nextTargetSeq()).toBe(3);
    expect(play('2 < 35=D|34=3|11=a')).toEqual(['deliver 3 a']);
  });

  it('counts as any message when it fills a gap out of its turn', () => {
    const { play } = active();
    expect(play('1 < 35=4|34=3|123=Y|36=9')).toEqual(['> 35=2|34=2|52=1|7=2|16=2']);
    expect(play('2 < 35=D|34=2|43=Y|122=@1|11=a\n3 < 35=D|34=9|11=b')).toEqual([
      'deliver 2 a',
      'deliver 9 b',
    ]);
  });

  it('to a number beyond any message is refused', () => {
    const { play } = active();
    expect(play('1 < 35=4|34=2|36=2147483648')[0]).toContain('373=5');
    expect(play('1 < 35=4|34=2|123=Y|36=2147483648')[0]).toContain('373=5');
  });
});

describe('messages that break a rule', () => {
  const REJECT = '> 35=3|34=2|52=1|45=2|58=';

  it.each([
    ['a missing field', '35=D|34=2|11=-', 'Required tag missing|371=11|372=D|373=1'],
    ['no SendingTime', '35=D|34=2|52=-|11=a', 'Required tag missing|371=52|372=D|373=1'],
    ['a malformed SendingTime', '35=D|34=2|52=now|11=a', 'Incorrect data format for value|371=52|'],
    ['no SenderCompID', '35=D|34=2|49=-|11=a', 'Required tag missing|371=49|372=D|373=1'],
    ['a repetition without its time', '35=D|34=2|43=Y|11=a', 'Required tag missing|371=122|372=D'],
    ['a malformed PossDupFlag', '35=D|34=2|43=X|11=a', 'Value is incorrect (out of range) for'],
    ['an impossible MsgType', '35=QQQ|34=2', 'Invalid MsgType|371=35|372=QQQ|373=11'],
    ['a MsgType longer than any', `35=${'Q'.repeat(99)}|34=2`, 'Invalid MsgType|371=35|373=11'],
    ['a TestRequest without an id', '35=1|34=2', 'Required tag missing|371=112|372=1|373=1'],
    ['a TestRequest too long to echo', `35=1|34=2|112=${'x'.repeat(256)}`, 'Value is incorrect'],
    ['a Heartbeat with an empty field', '35=0|34=2|112=', 'Tag specified without a value|371=112'],
    ['a ResendRequest from 0', '35=2|34=2|7=0|16=0', 'Value is incorrect (out of range) for'],
    ['a ResendRequest beyond the last', '35=2|34=2|7=2|16=0', 'Value is incorrect (out of range)'],
    ['a ResendRequest backwards', '35=2|34=2|7=1|16=-1', 'Incorrect data format for value|371=16'],
  ])('rejects %s, counts its number and goes on', (_, message, text) => {
    const { play, state } = active();
    const output = play(`1 < ${message}`);
    expect(output).toHaveLength(1);
    expect(output[0]!.slice(0, (REJECT + text).length)).toBe(REJECT + text);
    expect(state.status).toBe('active');
    expect(play('2 < 35=D|34=3|11=b')).toEqual(['deliver 3 b']);
  });

  it('never answers a Reject with a Reject, or two sides would go on for ever', () => {
    const { play, state } = active();
    expect(play('1 < 35=3|34=2\n1 < 35=3|34=3|45=x\n1 < 35=3|34=4|43=Y|45=1')).toEqual([]);
    expect(state.counters.ignoredRejects).toBe(3);
    expect(play('2 < 35=D|34=5|11=b')).toEqual(['deliver 5 b']);
  });

  it('hands a Reject to the owner with the message it is about', () => {
    const { play } = active();
    play('1 send mine');
    expect(play('2 < 35=3|34=2|45=2|373=5\n2 < 35=3|34=3|45=1')).toEqual([
      'rejected 2 D',
      'rejected 1 -',
    ]);
  });

  it('answers a type it does not speak in the words of the application', () => {
    const { play } = active();
    expect(play('1 < 35=R|34=2|131=q')).toEqual([
      '> 35=j|34=2|52=1|45=2|58=Unsupported message type|372=R|380=3',
    ]);
  });

  it('ends the session on a wrong CompID', () => {
    const { play, state } = active();
    expect(play('1 < 35=D|34=2|49=OTHER|11=a')).toEqual([
      '> 35=3|34=2|52=1|45=2|58=CompID problem|372=D|373=9',
      '> 35=5|34=3|52=1|58=CompID problem',
      'disconnect wrong-comp-id',
    ]);
    expect(state.store.nextTargetSeq()).toBe(3);
    expect(active().play('1 < 35=D|34=2|56=OTHER|11=a')[0]).toContain('58=CompID problem');
  });

  it('ends the session on a SendingTime more than two minutes off, either way', () => {
    const inTime = active({ heartbeatNs: 0 });
    expect(inTime.play('200 < 35=D|34=2|52=@80|11=a')).toEqual(['deliver 2 a']);
    expect(inTime.play('200 < 35=D|34=3|52=@320|11=b')).toEqual(['deliver 3 b']);
    for (const sent of [79, 321]) {
      expect(active().play(`200 < 35=D|34=2|52=@${sent}|11=a`)).toEqual([
        '> 35=3|34=2|52=200|45=2|58=SendingTime accuracy problem|371=52|372=D|373=10',
        '> 35=5|34=3|52=200|58=SendingTime accuracy problem',
        'disconnect sending-time',
      ]);
    }
  });

  it('ends the session on a repetition older than its first sending', () => {
    expect(active().play('9 < 35=D|34=2|43=Y|122=@10|11=a').at(-1)).toBe('disconnect sending-time');
    expect(active().play('9 < 35=D|34=2|43=Y|122=@9|11=a')).toEqual(['deliver 2 a']);
  });

  it('ends the session on a message without a number', () => {
    expect(active().play('1 < 35=D|34=-|11=a')).toEqual([
      '> 35=5|34=2|52=1|58=MsgSeqNum missing or malformed',
      'disconnect sequence-missing',
    ]);
  });

  it('ends the session on another FIX version, and counts other garbage only', () => {
    const { play, state } = active();
    expect(play('1 garbage bad-check-sum\n1 garbage noise\n1 garbage too-long')).toEqual([]);
    expect(state.counters.garbled).toBe(3);
    expect(play('1 garbage wrong-begin-string')).toEqual([
      '> 35=5|34=2|52=1|58=Incorrect BeginString',
      'disconnect wrong-begin-string',
    ]);
  });

  it('hears nothing more once it has disconnected', () => {
    const { play } = active();
    play('1 < 35=D|34=-|11=a');
    expect(play('1 < 35=D|34=2|11=a\n1 garbage noise\n1 timer')).toEqual([]);
  });
});
