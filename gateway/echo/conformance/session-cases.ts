/** Cases of the FIX session test suite about logons, numbers, frames, heartbeats and logouts. */
import type { ConformanceCase } from './play-case.ts';

const ORDER = '11=ID|21=3|40=1|54=1|55=INTC|60=@0';
const ECHO = '11=ID|21=3|40=1|54=1|55=INTC|60=TIME';

export const SESSION_CASES: readonly ConformanceCase[] = [
  {
    id: '1a',
    what: 'a Logon is answered with a Logon, whose numbers go on',
    script: `
      logon
      > 35=1|34=2|112=HELLO
      < 35=0|34=2|112=HELLO
      logout 3 3`,
  },
  {
    id: '1a',
    what: 'a Logon whose number is too high is answered, and what is missing asked for',
    script: `
      > 35=A|34=5|98=0|108=30
      < 35=A|34=1|98=0|108=30
      < 35=2|34=2|7=1|16=0
      logout 6 3`,
  },
  {
    id: '1a',
    what: 'a Logon whose number is too low is refused with the number expected',
    settings: { ResetOnDisconnect: 'N' },
    script: `
      logon
      > 35=1|34=2|112=x
      < 35=0|34=2|112=x
      close
      > 35=A|34=1|98=0|108=30
      < 35=5|34=3|58=MsgSeqNum too low, expecting 3 but received 1
      closed`,
  },
  {
    id: '1a',
    what: 'a Logon within the session that resets numbers begins at 1 again, any other ends it',
    script: `
      logon
      > 35=1|34=2|112=x
      < 35=0|34=2|112=x
      > 35=A|34=1|98=0|108=30|141=Y
      < 35=A|34=1|98=0|108=30|141=Y
      > 35=1|34=2|112=x
      < 35=0|34=2|112=x
      > 35=A|34=3|98=0|108=30
      closed`,
  },
  {
    id: '1b',
    what: 'a second connection of the same session is cut off, the first lives on',
    script: `
      logon
      2 > 35=A|34=1|98=0|108=30
      2 closed
      > 35=1|34=2|112=HELLO
      < 35=0|34=2|112=HELLO
      logout 3 3`,
  },
  {
    id: '1c',
    what: 'a stranger is cut off and told nothing',
    script: `
      > 35=A|34=1|49=WHO|98=0|108=30
      closed
      2 > 35=A|34=1|56=WHO|98=0|108=30
      2 closed`,
  },
  {
    id: '1d',
    what: 'a Logon of another time is cut off',
    script: `
      > 35=A|34=1|52=20010101-00:00:00|98=0|108=30
      closed`,
  },
  {
    id: '1d',
    what: 'a Logon of another version, length or sum is cut off',
    script: `
      raw 8=FIX.3.9|9=46|35=A|34=1|49=TOOL|52=@0|56=VENUE|98=0|10=000|
      closed
      2 raw 8=FIX.4.4|9=40|35=A|34=1|49=TOOL|52=@0|56=VENUE|98=0|108=30|10=000|
      2 closed
      3 raw 8=FIX.4.4|9=64|35=A|34=1|49=TOOL|52=@0|56=VENUE|98=0|108=30|10=000|
      3 closed`,
  },
  {
    id: '1d',
    what: 'a Logon without a required field is cut off',
    script: `
      > 35=A|34=1|98=0
      closed`,
  },
  {
    id: '1e',
    what: 'a first message that is no Logon ends the connection',
    script: `
      > 35=0|34=1
      closed`,
  },
  {
    id: '2a',
    what: 'numbers as expected are taken, and answered with numbers of our own',
    script: `
      logon
      > 35=0|34=2
      > 35=1|34=3|112=x
      < 35=0|34=2|112=x
      logout 4 3`,
  },
  {
    id: '2b',
    what: 'a number too high is kept and what is missing asked for, once',
    script: `
      logon
      > 35=0|34=2
      > 35=1|34=6|112=late
      < 35=2|34=2|7=3|16=0
      > 35=0|34=7
      nothing
      > 35=0|34=3|43=Y|122=@0
      > 35=0|34=4|43=Y|122=@0
      > 35=0|34=5|43=Y|122=@0
      < 35=0|34=3|112=late
      logout 8 4`,
  },
  {
    id: '2c',
    what: 'a number too low ends the session, and the other side learns why',
    script: `
      logon
      > 35=0|34=2
      > 35=0|34=2
      < 35=5|34=2|58=MsgSeqNum too low, expecting 3 but received 2
      closed`,
  },
  {
    id: '2d',
    what: 'a garbled message is as if it had never come, and asked for later',
    script: `
      logon
      raw 8=FIX.4.4|9=52|35=0|34=2|4garbled9=TOOL|52=@0|56=VENUE|10=000|
      > 35=0|34=2
      > 35=D|34=3|4garbled9=x|${ORDER}
      nothing
      > 35=0|34=4
      < 35=2|34=2|7=3|16=0
      > 35=D|34=3|${ORDER}
      < 35=D|34=3|${ECHO}
      logout 5 4`,
  },
  {
    id: '2e',
    what: 'a PossDup is dropped where it was received, and taken where it was not',
    script: `
      logon
      > 35=1|34=2|112=x
      < 35=0|34=2|112=x
      > 35=1|34=2|43=Y|122=@0|112=x
      nothing
      > 35=1|34=3|43=Y|122=@0|112=y
      < 35=0|34=3|112=y
      logout 4 4`,
  },
  {
    id: '2f',
    what: 'a PossDup first sent after it was sent ends the session',
    script: `
      logon
      > 35=D|34=2|${ORDER}
      < 35=D|34=2|${ECHO}
      > 35=D|34=2|43=Y|122=@10|${ORDER}
      < 35=3|34=3|45=2|58=SendingTime accuracy problem|372=D|373=10
      < 35=5|34=4
      > 35=5|34=3
      closed`,
  },
  {
    id: '2g',
    what: 'a PossDup that does not say when it was first sent is rejected and not counted',
    script: `
      logon
      > 35=D|34=2|${ORDER}
      < 35=D|34=2|${ECHO}
      > 35=D|34=2|43=Y|${ORDER}
      < 35=3|34=3|45=2|58=Required tag missing|371=122|372=D|373=1
      > 35=1|34=3|112=HELLO
      < 35=0|34=4|112=HELLO
      logout 4 5`,
  },
  {
    id: '2g',
    what: 'unless the settings do without OrigSendingTime',
    settings: { RequiresOrigSendingTime: 'N' },
    script: `
      logon
      > 35=1|34=2|43=Y|112=x
      < 35=0|34=2|112=x
      logout 3 3`,
  },
  {
    id: '2i',
    what: 'another BeginString ends the session, answered or not',
    script: `
      logon
      raw 8=FIX.4.1|9=5|35=0|10=160|
      < 35=5|34=2|58=Incorrect BeginString
      > 35=5|34=2
      closed
      2 logon
      2 raw 8=FIX.4.1|9=5|35=0|10=160|
      2 < 35=5|34=2|58=Incorrect BeginString
      2 wait 2
      2 closed`,
  },
  {
    id: '2k',
    what: 'other CompIDs than those of the session end it',
    script: `
      logon
      > 35=D|34=2|49=WHO|${ORDER}
      < 35=3|34=2|45=2|58=CompID problem|372=D|373=9
      < 35=5|34=3
      > 35=5|34=3
      closed
      2 logon
      2 > 35=0|34=2|56=WHO
      2 < 35=3|34=2|45=2|58=CompID problem|372=0|373=9
      2 < 35=5|34=3
      2 wait 2
      2 closed`,
  },
  {
    id: '2m',
    what: 'a message with a wrong BodyLength is not taken, nor what it swallows',
    script: `
      logon
      raw 8=FIX.4.4|9=30|35=D|34=2|49=TOOL|52=@0|56=VENUE|${ORDER}|10=000|
      > 35=D|34=3|${ORDER}
      < 35=2|34=2|7=2|16=0
      > 35=D|34=2|${ORDER}
      < 35=D|34=3|${ECHO}
      < 35=D|34=4|${ECHO}
      raw 8=FIX.4.4|9=118|35=D|34=4|49=TOOL|52=@0|56=VENUE|${ORDER}|10=000|
      > 35=D|34=5|${ORDER}
      nothing
      > 35=D|34=4|${ORDER}
      > 35=D|34=5|${ORDER}
      < 35=D|34=5|${ECHO}
      < 35=D|34=6|${ECHO}
      logout 6 7`,
  },
  {
    id: '2o',
    what: 'a SendingTime more than 120 s off ends the session, either way',
    script: `
      logon
      > 35=0|34=2|52=@-119
      > 35=0|34=3|52=@-121
      < 35=3|34=2|45=3|58=SendingTime accuracy problem|372=0|373=10
      < 35=5|34=3
      > 35=5|34=4
      closed
      2 logon
      2 > 35=0|34=2|52=@121
      2 < 35=3|34=2|45=2|58=SendingTime accuracy problem|372=0|373=10
      2 < 35=5|34=3
      2 > 35=5|34=3
      2 closed`,
  },
  {
    id: '2o',
    what: 'unless the settings do not look at it',
    settings: { CheckLatency: 'N' },
    script: `
      logon
      > 35=1|34=2|52=@-4000|112=x
      < 35=0|34=2|112=x
      logout 3 3`,
  },
  {
    id: '2t',
    what: 'a message whose first three fields stand in another order is not taken',
    script: `
      logon
      raw 35=0|8=FIX.4.4|9=53|34=2|49=TOOL|52=@0|56=VENUE|10=000|
      > 35=1|34=2|112=HELLO
      < 35=0|34=2|112=HELLO
      > 34=3|35=0
      > 35=1|34=3|112=HELLO
      < 35=0|34=3|112=HELLO
      logout 4 4`,
  },
  {
    id: '3b',
    what: 'a message with a wrong CheckSum is not taken',
    script: `
      logon
      raw 8=FIX.4.4|9=52|35=0|34=2|49=TOOL|52=@0|56=VENUE|10=256|
      > 35=0|34=2
      > 35=1|34=3|112=x
      < 35=0|34=2|112=x
      logout 4 3`,
  },
  {
    id: '4a',
    what: 'a heartbeat leaves when nothing else was sent for HeartBtInt',
    script: `
      > 35=A|34=1|98=0|108=3
      < 35=A|34=1|98=0|108=3
      wait 3
      < 35=0|34=2
      > 35=0|34=2
      wait 3
      < 35=0|34=3
      > 35=0|34=3
      logout 4 4`,
  },
  {
    id: '4b',
    what: 'a TestRequest is answered with its id',
    script: `
      logon
      > 35=1|34=2|112=HELLO
      < 35=0|34=2|112=HELLO
      logout 3 3`,
  },
  {
    id: '5',
    what: 'a Heartbeat is counted and not answered',
    script: `
      logon
      > 35=0|34=2
      > 35=0|34=3|112=x
      nothing
      logout 4 2`,
  },
  {
    id: '6',
    what: 'silence is answered with a TestRequest, more of it with the end',
    script: `
      > 35=A|34=1|98=0|108=10
      < 35=A|34=1|98=0|108=10
      wait 10
      < 35=0|34=2
      > 35=0|34=2
      wait 10
      < 35=0|34=3
      wait 2
      < 35=1|34=4|112=TEST
      > 35=0|34=3|112=TEST
      wait 10
      < 35=0|34=5
      wait 2
      < 35=1|34=6|112=TEST
      wait 11
      nothing
      wait 1
      closed`,
  },
  {
    id: '7',
    what: 'a Reject is counted and never answered',
    script: `
      logon
      > 35=3|34=2|45=1
      > 35=3|34=3|45=1|58=why|371=58|372=0|373=5
      nothing
      logout 4 2`,
  },
  {
    id: '13a',
    what: 'nothing is answered after a Logout but the Logout',
    script: `
      logon
      > 35=5|34=2
      < 35=5|34=2
      closed`,
  },
  {
    id: '13b',
    what: 'a Logout is answered whatever its number, with or without a text',
    script: `
      logon
      > 35=5|34=7|58=bye
      < 35=5|34=2
      closed
      2 logon
      2 > 35=0|34=2
      2 > 35=5|34=2
      2 < 35=5|34=2
      2 closed`,
  },
];
