/** Which orders a gateway's log demands: its records played through a model of the rules. */
import { type DeskModel, ownOrder, type Permission, type Request, workDesk } from './desk-model.ts';
import type { Evidence, VenueEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { followPolicy } from './follow-policy.ts';
import { type InboundOrder, inboundOrder } from './inbound-order.ts';
import { type FixMessage, isRequest, readFix } from './read-fix.ts';
import type { GatewayLog, LogRecord, Wish } from './read-log.ts';
import { startTerms } from './start-terms.ts';
import { takeLateReport, takeReport, takeWithheld } from './take-report.ts';
import type { Units } from './units.ts';

export type Expected = {
  /** Every intent that passed risk, in order. */
  requests: Request[];
  /** Wishes that risk had to refuse for their age. */
  refused: number;
  /** By instrument, from the executions that the log holds. */
  positionLots: number[];
  instruments: Units[];
  /** By ClOrdID: where in the log it was kept back for good. */
  withheld: Map<string, number>;
  /** What a policy asked for beyond its wish. */
  overAsked: Finding[];
};

type Session = VenueEvidence & {
  /** ClOrdID by MsgSeqNum, as first sent. */
  idByNumber: Map<number, string>;
  inbound: InboundOrder;
  /** Bytes of a message begun. */
  rest: string;
  isLoggedOn: boolean;
};

type Model = Expected & {
  log: GatewayLog;
  /** By venue. */
  sessions: Session[];
  desks: DeskModel[];
  record: number;
  nowNs: number;
  isKilled: boolean;
  isStopping: boolean;
  ids: number;
  /** ClOrdIDs that policies use up. */
  policyIds: Set<string>;
  /** Of the latest claim, and whether what is read belongs to one before it. */
  epoch: number;
  isOver: boolean;
  /** Fills by ClOrdID and ExecID. */
  booked: Set<string>;
  isYoung(wish: Wish, nowNs: number): boolean;
};

const COMMANDS = ['kill', 'arm', 'stop', 'edge-lost'] as const;

/**
 * Session numbers, timers and the choices of an execution policy are taken from the replay; which
 * other orders leave, and with what terms, is this model's word alone. Throws an Error for a log
 * that begins without its configuration.
 */
export function expectOrders({ log, venues }: Evidence): Expected {
  const model = createModel(log, venues);
  for (const [record, what] of log.records.entries()) {
    if (isVoid(model, what)) continue;
    model.record = record;
    model.nowNs = what.timeNs;
    step(model, what);
    for (const session of model.sessions) takeGapFills(model, session);
    for (const { desk, message, venue } of choicesOfPolicies(model, record)) {
      const { request, findings } = followPolicy(desk, message, { record, venue });
      model.requests.push(request);
      model.overAsked.push(...findings);
    }
    for (const session of model.sessions) {
      if (session.effects.get(record)?.ends === true) endSession(session);
    }
  }
  model.requests.sort((a, b) => (a.clOrdId < b.clOrdId ? -1 : 1));
  return { ...model, positionLots: model.desks.map(({ positionLots }) => positionLots) };
}

/** The record's requests for desks that a policy works. */
function choicesOfPolicies({ sessions, desks }: Model, record: number) {
  return sessions.flatMap(({ effects }, venue) =>
    (effects.get(record)?.sent ?? []).flatMap(message => {
      if (!isRequest(message) || message.isPossDup) return [];
      const desk = desks.find(({ units }) => units.symbol === message.get(55));
      return desk?.isPolicy === true ? [{ desk, message, venue }] : [];
    }),
  );
}

/** What a node wrote after another had begun to trade changes nothing. */
function isVoid(model: Model, what: LogRecord): boolean {
  if (what.kind !== 'epoch-claim') return model.isOver;
  model.isOver = what.epoch <= model.epoch;
  model.epoch = Math.max(model.epoch, what.epoch);
  return model.isOver;
}

function createModel(log: GatewayLog, venues: readonly VenueEvidence[]): Model {
  const { instruments, isYoung } = startTerms(log);
  const model: Model = {
    ...{ log, instruments, isYoung, sessions: venues.map(createSession) },
    ...{ requests: [], refused: 0, positionLots: [], withheld: new Map(), overAsked: [] },
    ...{ booked: new Set(), policyIds: new Set(), epoch: 0, isOver: false },
    ...{ record: 0, nowNs: 0, ids: 0, isKilled: false, isStopping: false },
    desks: instruments.map(({ isPolicy, strategy, ...units }, instrument) => {
      const idle = { wish: undefined, orders: [], positionLots: 0 };
      return { instrument, units, strategy, isPolicy, ...idle, ended: new Map() };
    }),
  };
  for (const record of log.records.keys()) {
    for (const { message } of choicesOfPolicies(model, record)) {
      model.policyIds.add(message.get(11));
    }
  }
  return model;
}

function createSession(venue: VenueEvidence): Session {
  const idByNumber = new Map<number, string>();
  for (const { sent } of venue.effects.values()) {
    for (const message of sent) {
      if (isRequest(message) && !message.isPossDup) idByNumber.set(message.number, message.get(11));
    }
  }
  return { ...venue, idByNumber, inbound: inboundOrder(), rest: '', isLoggedOn: false };
}

function step(model: Model, what: LogRecord): void {
  switch (what.kind) {
    case 'restarted':
    case 'epoch-claim':
      model.isStopping = false;
      for (const venue of model.sessions.keys()) forgetAnswers(model, venue);
      return;
    case 'connected':
      model.sessions[what.venue]!.inbound.connected();
      model.sessions[what.venue]!.rest = '';
      return;
    case 'disconnected':
      forgetAnswers(model, what.venue);
      return;
    case 'inbound':
      takeBytes(model, what);
      return;
    case 'command':
      takeCommand(model, COMMANDS[what.command]!);
      return;
    case 'edge-lost':
      loseDesks(model, desk => desk.strategy === what.strategy);
      return;
    case 'instruments-lost': {
      const { strategy, instruments } = what;
      loseDesks(model, desk => desk.strategy === strategy && instruments.includes(desk.instrument));
      return;
    }
    case 'signal': {
      const desk = model.desks[what.wish.instrument]!;
      desk.wish = what.wish;
      work(model, desk);
      return;
    }
    case 'start':
    case 'timer':
    case 'other':
      return;
  }
}

function endSession(session: Session): void {
  session.inbound.ended();
  session.isLoggedOn = false;
}

function forgetAnswers({ sessions, desks }: Model, venue: number): void {
  endSession(sessions[venue]!);
  for (const order of desks.flatMap(({ orders }) => orders)) {
    if (order.venue === venue) order.isUnknown = true;
  }
}

function takeCommand(model: Model, command: (typeof COMMANDS)[number]): void {
  switch (command) {
    case 'kill':
      model.isKilled = true;
      break;
    case 'arm':
      if (model.isKilled) for (const desk of model.desks) rest(desk);
      model.isKilled = false;
      return;
    case 'stop':
      model.isStopping = true;
      for (const desk of model.desks) desk.wish = undefined;
      break;
    case 'edge-lost':
      for (const desk of model.desks) rest(desk);
      break;
  }
  for (const desk of model.desks) work(model, desk);
}

/** The other desks trade on. */
function loseDesks(model: Model, isLost: (desk: DeskModel) => boolean): void {
  const desks = model.desks.filter(isLost);
  for (const desk of desks) rest(desk);
  for (const desk of desks) work(model, desk);
}

/** Nobody wishes for anything there any more: what works is to go. */
function rest(desk: DeskModel): void {
  const wish = desk.wish ?? blankWish(desk.instrument);
  desk.wish = desk.orders.length === 0 ? undefined : { ...wish, style: 'wait' };
}

const blankWish = (instrument: number): Wish => ({
  ...{ id: '', strategy: 0, instrument, desiredLots: 0, limitIncrements: 0, style: 'wait' },
  ...{ tickTimeNs: 0, forecastTimeNs: 0 },
});

function takeBytes(model: Model, { venue, bytes }: { venue: number; bytes: string }): void {
  const session = model.sessions[venue]!;
  const { messages, rest } = readFix(session.rest + bytes);
  session.rest = rest;
  for (const message of messages) {
    if (message.type === '2') takeGapFills(model, session);
    const { isLogon, inOrder } = session.inbound.take(message);
    if (isLogon) logOn(model, session);
    for (const each of inOrder) takeInOrder(model, session, each);
  }
}

/** What was at work is asked after first; a desk without an order may begin. */
function logOn(model: Model, session: Session): void {
  session.isLoggedOn = true;
  for (const desk of model.desks) if (desk.orders.length === 0) work(model, desk);
}

function takeInOrder(model: Model, { idByNumber }: Session, message: FixMessage): void {
  if (message.type === '3') {
    const id = idByNumber.get(Number(message.get(45)));
    if (id !== undefined) for (const desk of model.desks) takeWithheld(desk, id);
    return;
  }
  if (message.type !== '8' && message.type !== '9') return;
  const names = [message.get(11), message.get(41)].filter(name => name !== '');
  for (const desk of model.desks) {
    const order = ownOrder(desk, names);
    if (order === undefined) continue;
    if (!isBookedBefore(model, message) && takeReport(desk, order, message)) work(model, desk);
    return;
  }
  takeLate(model, message, names);
}

function takeLate(model: Model, message: FixMessage, names: readonly string[]): void {
  for (const desk of model.desks) {
    const order = names.map(name => desk.ended.get(name)).find(Boolean);
    if (order === undefined || isBookedBefore(model, message)) continue;
    if (takeLateReport(desk, order, message)) work(model, desk);
    return;
  }
}

/** A fill that is told twice is one fill. */
function isBookedBefore({ booked }: Model, message: FixMessage): boolean {
  if (message.type !== '8' || message.get(150) !== 'F') return false;
  const name = `${message.get(11)} ${message.get(17)}`;
  return booked.size === booked.add(name).size;
}

/** A gap fill that leaves with this record is the log of what the venue will not get. */
function takeGapFills(model: Model, { effects, idByNumber }: Session): void {
  for (const message of effects.get(model.record)?.sent ?? []) {
    if (message.type !== '4' || message.get(123) !== 'Y') continue;
    for (let number = message.number; number < Number(message.get(36)); number++) {
      const id = idByNumber.get(number);
      if (id === undefined || model.withheld.has(id)) continue;
      model.withheld.set(id, model.record);
      for (const desk of model.desks) takeWithheld(desk, id);
    }
  }
}

/** What no policy works: that is followed by what the replay says of it. */
function work(model: Model, desk: DeskModel): void {
  if (desk.isPolicy) return;
  const permission: Permission = {
    isLoggedOn: model.sessions[0]!.isLoggedOn,
    isStopping: model.isStopping,
    isKilled: model.isKilled,
    isAllowed(wish) {
      const isAllowed = model.isYoung(wish, model.nowNs);
      if (!isAllowed) model.refused++;
      return isAllowed;
    },
    nextId: () => nextId(model),
    ask: request => void model.requests.push({ ...request, record: model.record }),
  };
  workDesk(desk, permission);
}

/** `YYYYMMDD-` of the record's UTC day, and a counter of all requests. */
function nextId(model: Model): string {
  const ms = Number((model.log.originNs + BigInt(Math.floor(model.nowNs))) / 1_000_000n);
  const day = new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
  let id: string;
  do id = `${day}-${String(++model.ids).padStart(6, '0')}`;
  while (model.policyIds.has(id));
  return id;
}
