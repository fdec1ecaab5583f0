/** Cases of the FIX session test suite about resends, resets, message contents and the echo. */
import type { ConformanceCase } from './play-case.ts';

const ORDER = '11=ID|21=3|40=1|54=1|55=INTC|60=@0';
const ECHO = '11=ID|21=3|40=1|54=1|55=INTC|60=TIME';
const OUT_OF_RANGE = 'Value is incorrect (out of range) for this tag';
const AGAIN = '43=Y|122=TIME';

/** A case that sends one bad message, expects one Reject and goes on. */
function rejected(id: string, what: string, [sent, reject]: [string, string]): ConformanceCase {
  return {
    ...{ id, what },
    script: `
      logon
      > ${sent}
      < 35=3|34=2|${reject}
      > 35=1|34=3|112=x
      < 35=0|34=3|112=x
      logout 4 4`,
  };
}

export const MESSAGE_CASES: readonly ConformanceCase[] = [
  {
    id: '2q',
    what: 'a MsgType of no FIX 4.4 message is rejected',
    script: `
      logon
      > 35=*|34=2
      < 35=3|34=2|45=2|58=Invalid MsgType|372=*|373=11
      logout 3 3`,
  },
  {
    id: '2r',
    what: 'a message that the application does not take gets a business reject',
    script: `
      logon
      > 35=8|34=2|37=id|17=id|150=0|39=0|55=WLRI|54=1|151=100|14=0|6=0.0
      < 35=j|34=2|45=2|58=Unsupported Message Type|372=8|380=3
      logout 3 3`,
  },
  {
    id: '8a',
    what: 'administrative messages are filled in with one SequenceReset',
    script: `
      logon
      > 35=1|34=2|112=x
      < 35=0|34=2|112=x
      > 35=1|34=3|112=x
      < 35=0|34=3|112=x
      > 35=2|34=4|7=1|16=3
      < 35=4|34=1|${AGAIN}|36=4|123=Y
      > 35=2|34=5|7=1|16=0
      < 35=4|34=1|${AGAIN}|36=4|123=Y
      > 35=1|34=6|112=x
      < 35=0|34=4|112=x
      > 35=2|34=5|7=1|16=0
      < 35=4|34=1|${AGAIN}|36=5|123=Y
      logout 6 5`,
  },
  {
    id: '8b',
    what: 'orders come again between what is filled in',
    script: `
      logon
      > 35=1|34=2|112=x
      < 35=0|34=2|112=x
      > 35=D|34=3|${ORDER}
      < 35=D|34=3|${ECHO}
      > 35=D|34=4|97=Y|115=JCD|11=b|21=3|40=1|54=1|55=CDG|60=@0
      < 35=D|34=4|97=Y|115=JCD|11=b|21=3|40=1|54=1|55=CDG|60=TIME
      > 35=1|34=5|112=x
      < 35=0|34=5|112=x
      > 35=2|34=6|7=2|16=0
      < 35=4|34=2|${AGAIN}|36=3|123=Y
      < 35=D|34=3|${AGAIN}|${ECHO}
      < 35=D|34=4|${AGAIN}|97=Y|115=JCD|11=b|21=3|40=1|54=1|55=CDG|60=TIME
      < 35=4|34=5|${AGAIN}|36=6|123=Y
      > 35=2|34=7|7=4|16=4
      < 35=D|34=4|${AGAIN}|97=Y|115=JCD|11=b|21=3|40=1|54=1|55=CDG|60=TIME
      logout 8 6`,
  },
  {
    id: '10',
    what: 'a gap fill with the number expected moves it',
    script: `
      logon
      > 35=4|34=2|36=20|123=Y
      > 35=1|34=20|112=x
      < 35=0|34=2|112=x
      logout 21 3`,
  },
  {
    id: '10',
    what: 'a gap fill with a number too high waits for what is missing',
    script: `
      logon
      > 35=4|34=10|36=20|123=Y
      < 35=2|34=2|7=2|16=0
      > 35=1|34=20|112=x
      nothing
      logout 2 3`,
  },
  {
    id: '10',
    what: 'a gap fill with a number too low is dropped as PossDup and ends the session otherwise',
    script: `
      logon
      > 35=4|34=1|43=Y|122=@-1|36=20|123=Y
      > 35=1|34=2|112=x
      < 35=0|34=2|112=x
      > 35=4|34=1|36=20|123=Y
      < 35=5|34=3|58=MsgSeqNum too low, expecting 3 but received 1
      closed`,
  },
  {
    id: '11a',
    what: 'a SequenceReset sets the number expected, whatever number it carries',
    script: `
      logon
      > 35=4|34=0|36=25
      > 35=1|34=25|112=x
      < 35=0|34=2|112=x
      > 35=4|34=7|36=50|123=N
      > 35=1|34=50|112=x
      < 35=0|34=3|112=x
      logout 51 4`,
  },
  {
    id: '11b',
    what: 'a SequenceReset to the number expected changes nothing',
    script: `
      logon
      > 35=4|34=0|36=2
      > 35=1|34=2|112=x
      < 35=0|34=2|112=x
      logout 3 3`,
  },
  {
    id: '11c',
    what: 'a SequenceReset to a number already had is rejected',
    script: `
      logon
      > 35=4|34=0|36=1|123=N
      < 35=3|34=2|45=0|58=${OUT_OF_RANGE}|372=4|373=5
      > 35=1|34=2|112=x
      < 35=0|34=3|112=x
      logout 3 4`,
  },
  {
    id: '14a',
    what: 'tags that no FIX 4.4 field has are rejected',
    script: `
      logon
      > 35=0|34=2|999=HI
      < 35=3|34=2|45=2|58=Invalid tag number|371=999|372=0|373=0
      > 35=0|34=3|0=HI
      < 35=3|34=3|45=3|58=Invalid tag number|371=0|372=0|373=0
      > 35=0|34=4|-1=HI
      < 35=3|34=4|45=4|58=Invalid tag number|371=-1|372=0|373=0
      > 35=0|34=5|5000=HI
      < 35=3|34=5|45=5|58=Invalid tag number|371=5000|372=0|373=0
      logout 6 6`,
  },
  {
    id: '14b',
    what: 'a required field of the header or the body is missed',
    script: `
      logon
      > 35=0|34=2|56=-
      < 35=3|34=2|45=2|58=Required tag missing|371=56|372=0|373=1
      > 35=D|34=3|40=1|60=@0|54=1|21=3|11=id
      < 35=3|34=3|45=3|58=Required tag missing|371=55|372=D|373=1
      logout 4 4`,
  },
  rejected('14c', 'a field of another message is rejected', [
    '35=0|34=2|55=MSFT',
    '45=2|58=Tag not defined for this message type|371=55|372=0|373=2',
  ]),
  rejected('14d', 'a field without a value is rejected', [
    '35=1|34=2|112=',
    '45=2|58=Tag specified without a value|371=112|372=1|373=4',
  ]),
  rejected('14d', 'a CompID without a value is no wrong CompID', [
    '35=0|34=2|56=',
    '45=2|58=Tag specified without a value|371=56|372=0|373=4',
  ]),
  rejected('14e', 'a value that is none of those listed is rejected', [
    `35=D|34=2|${ORDER}|167=BOO`,
    `45=2|58=${OUT_OF_RANGE}|371=167|372=D|373=5`,
  ]),
  rejected('14f', 'a value spelled wrongly is rejected', [
    `35=D|34=2|${ORDER}|38=+200.00`,
    '45=2|58=Incorrect data format for value|371=38|372=D|373=6',
  ]),
  rejected('14g', 'a field of the header behind one of the body is rejected', [
    '35=D|55=MSFT|34=2|49=TOOL|52=@0|56=VENUE|11=id|21=3|40=1|54=1|60=@0',
    '45=2|58=Tag specified out of required order|371=34|372=D|373=14',
  ]),
  rejected('14h', 'a field that stands twice is rejected', [
    `35=D|34=2|${ORDER}|40=2`,
    '45=2|58=Tag appears more than once|371=40|372=D|373=13',
  ]),
  rejected('14i', 'a group of another size than its count is rejected', [
    `35=D|34=2|${ORDER}|386=3|336=PRE-OPEN|336=AFTER-HOURS`,
    '45=2|58=Incorrect NumInGroup count for repeating group|371=386|372=D|373=16',
  ]),
  rejected('14j', 'members of a group in another order are rejected', [
    `35=D|34=2|${ORDER}|78=2|79=a|80=50|661=1|79=b|80=150|661=1`,
    '45=2|58=Out of order repeating group members|371=661|372=D|373=15',
  ]),
  rejected('14k', 'an entry of a group that does not begin with its first field is rejected', [
    '35=C|34=2|164=t|94=0|147=s|146=1|864=1|865=1|33=1|58=x',
    '45=2|58=The group 146 must set the delimiter field 55|371=864|372=C|373=15',
  ]),
  {
    id: '14l',
    what: 'what would be rejected passes where the settings do not look at it',
    settings: { ValidateUserDefinedFields: 'N', AllowUnknownMsgFields: 'Y' },
    script: `
      logon
      > 35=D|34=2|${ORDER}|5001=x|999=y
      < 35=D|34=2|${ECHO}|999=y|5001=x
      logout 3 3`,
  },
  {
    id: '14m',
    what: 'an answer takes the way back that the message came',
    script: `
      logon
      > 35=D|34=2|115=JCD|116=CS|144=CHI|${ORDER}|167=BOO
      < 35=3|34=2|128=JCD|129=CS|145=CHI|45=2|58=${OUT_OF_RANGE}|371=167|372=D|373=5
      > 35=D|34=3|128=JCD|129=|${ORDER}
      < 35=3|34=3|115=JCD|45=3|58=Tag specified without a value|371=129|372=D|373=4
      logout 4 4`,
  },
  {
    id: '14n',
    what: 'a bad message behind a gap is rejected when its turn comes, others go on',
    script: `
      logon
      > 35=1|34=3|112=first
      < 35=2|34=2|7=2|16=0
      > 35=D|34=2|43=Y|122=@0|${ORDER}|126=20040415
      < 35=3|34=3|45=2|58=Incorrect data format for value|371=126|372=D|373=6
      < 35=0|34=4|112=first
      logout 4 5`,
  },
  {
    id: '15',
    what: 'fields of header and body may stand in any order, and come back ascending',
    script: `
      logon
      > 35=D|34=2|${ORDER}|38=002000.00
      < 35=D|34=2|11=ID|21=3|38=002000.00|40=1|54=1|55=INTC|60=TIME
      > 35=D|56=VENUE|34=3|40=1|55=MSFT|60=@0|54=1|453=1|448=p|447=D|452=1|21=3|11=id
      < 35=D|34=3|11=id|21=3|40=1|54=1|55=MSFT|60=TIME|453=1|448=p|447=D|452=1
      logout 4 4`,
  },
  {
    id: '19a',
    what: 'a PossResend of an order that was seen is dropped',
    script: `
      logon
      > 35=D|34=2|${ORDER}
      < 35=D|34=2|${ECHO}
      > 35=D|34=3|97=Y|${ORDER}
      nothing
      logout 4 3`,
  },
  {
    id: '19b',
    what: 'a PossResend of an order not seen is taken',
    script: `
      logon
      > 35=D|34=2|97=Y|${ORDER}
      < 35=D|34=2|97=Y|${ECHO}
      logout 3 3`,
  },
  {
    id: '20',
    what: 'a ResendRequest behind a gap is answered at once',
    script: `
      logon
      > 35=D|34=2|${ORDER}
      < 35=D|34=2|${ECHO}
      > 35=0|34=6
      < 35=2|34=3|7=3|16=0
      > 35=2|34=7|7=2|16=2
      < 35=D|34=2|${AGAIN}|${ECHO}
      > 35=0|34=3|43=Y|122=@0
      > 35=0|34=4|43=Y|122=@0
      > 35=0|34=5|43=Y|122=@0
      logout 8 4`,
  },
  {
    id: '21',
    what: 'a group counted 0 is as good as none',
    script: `
      logon
      > 35=d|34=2|320=a|322=b|323=6|55=TBS|22=8|167=CS|336=MAIN|58=none|454=0
      < 35=d|34=2|22=8|55=TBS|58=none|167=CS|320=a|322=b|323=6|336=MAIN|454=0
      logout 3 3`,
  },
];
