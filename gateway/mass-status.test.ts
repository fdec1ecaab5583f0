/** The list of a venue's open orders: without it, orders could leave beside unknown ones. */
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import type { ExecutionReport } from './fix/execution-report.ts';
import type { FixMessage } from './fix/message.ts';
import { ExecType, OrdStatus } from './fix/order-status.ts';
import { setState, stateOf } from './risk/states.ts';
import {
  configWith,
  RESTING,
  reportOn,
  type ScriptedVenue,
  scriptedVenue,
} from './scripted-venue.ts';

const CONFIG = configWith({ hasMassStatus: true });
const VENUE = { kind: 'venue', index: 0 } as const;

/** Logged on, with a wish, and the id of the question that left. */
function asked(config = CONFIG) {
  const venue = scriptedVenue(config);
  venue.logOn();
  const [question, ...more] = venue.sent();
  expect([question?.msgType, more]).toEqual(['AF', []]);
  venue.signal(RESTING);
  const massStatusReqId = question?.msgType === 'AF' ? question.massStatusReqId : '';
  const say = (clOrdId: string, differing: Partial<ExecutionReport> = {}) => {
    const answer = { execType: ExecType.orderStatus, massStatusReqId, ...differing } as const;
    venue.say(reportOn({ clOrdId }, { execId: `${clOrdId} ${venue.log.length}`, ...answer }));
  };
  return { venue, say, massStatusReqId };
}

const kinds = (messages: readonly FixMessage[]) => messages.map(({ msgType }) => msgType);
const NONE = { ordStatus: OrdStatus.rejected, symbol: '[N/A]', clOrdId: undefined } as const;
const stateOfVenue = ({ gateway }: ScriptedVenue) => stateOf(gateway.state.risk, VENUE);

describe('nothing new leaves after a logon', () => {
  it('before the last report, which says so; strangers are cancelled meanwhile', () => {
    const { venue, say } = asked();
    expect(venue.sent()).toEqual([]);
    say('stranger', { totNumReports: 2, lastRptRequested: false });
    expect(kinds(venue.sent())).toEqual(['F']);
    say('other', { totNumReports: 2, lastRptRequested: true });
    expect(kinds(venue.sent())).toEqual(['F', 'D']);
    expect(venue.replayed()).toEqual(Buffer.concat(venue.bytes));
  });

  it('before as many reports as there are, where none is marked as the last', () => {
    const { venue, say } = asked();
    say('one', { totNumReports: 2 });
    venue.sent();
    venue.signal({ ...RESTING, instrument: 1 });
    expect(venue.sent()).toEqual([]);
    say('two', { totNumReports: 2 });
    expect(kinds(venue.sent())).toEqual(['F', 'D', 'D']);
  });

  it('before the venue says that there is none', () => {
    const { venue, say } = asked();
    say('', NONE);
    expect(kinds(venue.sent())).toEqual(['D']);
  });

  it('on the word of an earlier list, or of a status of one order', () => {
    const { venue, say, massStatusReqId } = asked();
    say('x', { ...NONE, massStatusReqId: `${massStatusReqId}0` });
    say('x', { ...NONE, massStatusReqId: undefined });
    expect(venue.sent()).toEqual([]);
    venue.logOn();
    expect(kinds(venue.sent())).toEqual(['AF']);
    say('', NONE);
    expect(venue.sent()).toEqual([]);
  });

  it('nor does a change of an order that is known by then', () => {
    const { venue, say } = asked();
    say('', NONE);
    const [order] = venue.sent();
    if (order?.msgType !== 'D') throw new Error('no order left');
    venue.say(reportOn(order));
    venue.logOn();
    venue.sent();
    venue.say(reportOn(order, { execType: ExecType.orderStatus, execId: 'known' }));
    venue.signal({ ...RESTING, limitIncrements: 99_980 });
    expect(venue.sent()).toEqual([]);
    venue.signal({ desiredLots: 0 });
    expect(kinds(venue.sent())).toEqual(['F']);
  });
});

describe('a list that does not come', () => {
  it('halts the venue after ten seconds: what rests goes, operators arm it', () => {
    const { venue, say } = asked();
    say('stranger', { totNumReports: 3, lastRptRequested: false });
    venue.sent();
    venue.wait(10 * SECOND_NS - 1);
    expect(stateOfVenue(venue)).toBe('active');
    venue.wait(1);
    expect(stateOfVenue(venue)).toBe('halted');
    expect(venue.problems.at(-1)).toBe(
      'venue: halted: its list of open orders is not whole after 10 s, 1 reports came: ' +
        'see with the venue what it has open, then arm venue:venue',
    );
    venue.signal(RESTING);
    say('late', NONE);
    expect(venue.sent()).toEqual([]);
    const arm = { kind: 'state', scope: 'venue:venue', state: 'active' } as const;
    venue.operate('ada', arm);
    venue.operate('bea', arm);
    venue.signal(RESTING);
    expect(kinds(venue.sent())).toEqual(['D']);
    expect(venue.replayed()).toEqual(Buffer.concat(venue.bytes));
  });

  it.each([
    ['not processed', { msgType: 'j', refMsgType: 'AF', businessRejectReason: 3 }],
    ['rejected', { msgType: '3', refSeqNum: 2, refMsgType: 'AF', sessionRejectReason: 11 }],
  ] as const)('since the question was %s halts it at once', (_, message) => {
    const { venue } = asked();
    venue.say(message);
    expect([stateOfVenue(venue), venue.sent()]).toEqual(['halted', []]);
    expect(venue.problems.at(-1)).toContain('not to be had');
  });

  it('is forgiven by the plain command alone where there are no operators', () => {
    const { venue } = asked(configWith({ hasMassStatus: true }, { operators: [] }));
    venue.wait(10 * SECOND_NS);
    venue.gateway.command('arm');
    expect(stateOfVenue(venue)).toBe('active');
    setState(venue.gateway.state.risk, VENUE, { state: 'halted', nowNs: 0 });
    venue.gateway.command('arm');
    expect(stateOfVenue(venue)).toBe('halted');
  });
});

it('waits for nothing under the rules of before, or old logs would give other bytes', () => {
  for (const stepVersion of [1, 2]) {
    const { venue } = asked(configWith({ hasMassStatus: true }, { stepVersion }));
    expect(kinds(venue.sent())).toEqual(['D']);
    venue.wait(20 * SECOND_NS);
    expect(stateOfVenue(venue)).toBe('active');
  }
});

describe('a change refused as of an unknown order', () => {
  const deny = { orderId: 'NONE', ordStatus: OrdStatus.rejected, cxlRejReason: 1 } as const;

  /** An order whose cancel the venue refuses as of an order that it does not know. */
  function denied(config = configWith({})) {
    const venue = scriptedVenue(config);
    venue.logOn();
    venue.signal(RESTING);
    const [order] = venue.sent();
    if (order?.msgType !== 'D') throw new Error('no order left');
    venue.say(reportOn(order));
    venue.gateway.command('kill');
    const [cancel] = venue.sent();
    if (cancel?.msgType !== 'F') throw new Error('no cancel left');
    const { clOrdId, origClOrdId } = cancel;
    venue.say({ msgType: '9', clOrdId, origClOrdId, cxlRejResponseTo: '1', ...deny });
    const status = { execType: ExecType.orderStatus, execId: 'status' } as const;
    const say = (differing: Partial<ExecutionReport> = {}) =>
      venue.say(reportOn(order, { ...status, ...differing }));
    return { venue, order, say, orders: venue.gateway.state.desks[0]!.orders };
  }

  it('is asked after, and believed gone once the venue says so twice', () => {
    const { venue, order, say, orders } = denied();
    expect(venue.sent()).toMatchObject([{ msgType: 'H', clOrdId: order.clOrdId }]);
    expect(orders).toHaveLength(1);
    say({ ordStatus: OrdStatus.rejected, orderId: 'NONE', leavesQty: '0' });
    expect([orders, venue.sent()]).toEqual([[], []]);
  });

  it('is told to people where its status says that it is open, not quarrelled over', () => {
    const { venue, say, orders } = denied();
    venue.sent();
    say();
    expect([orders.length, venue.sent()]).toEqual([1, []]);
    expect(venue.problems.at(-1)).toContain('unknown to it by its reject, and open by its status');
    venue.gateway.command('kill');
    expect(kinds(venue.sent())).toEqual(['F']);
  });

  it('is let be under the rules of before', () => {
    const { venue } = denied(configWith({}, { stepVersion: 2 }));
    expect(venue.sent()).toEqual([]);
  });
});
