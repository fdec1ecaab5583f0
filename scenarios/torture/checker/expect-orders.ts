/** Which orders a gateway's log demands: its records played through a model of the rules. */
import {
  type DeskModel,
  isOwnOrder,
  type Permission,
  type Request,
  workDesk,
} from './desk-model.ts';
import { type InboundOrder, inboundOrder } from './inbound-order.ts';
import { type FixMessage, readFix } from './read-fix.ts';
import type { GatewayLog, LogRecord, Wish } from './read-log.ts';
import { startTerms } from './start-terms.ts';
import { takeLateReport, takeReport, takeWithheld } from './take-report.ts';
import type { Units } from './units.ts';

/** What the gateway's own replay says a record made it do. */
export type RecordEffects = {
  sent: FixMessage[];
  /** The session ended the connection here. */
  ends: boolean;
};

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
};

type Model = Expected & {
  log: GatewayLog;
  effects: ReadonlyMap<number, RecordEffects>;
  /** ClOrdID by MsgSeqNum, as first sent. */
  idByNumber: Map<number, string>;
  desks: DeskModel[];
  inbound: InboundOrder;
  /** Bytes of a message begun. */
  rest: string;
  record: number;
  nowNs: number;
  isLoggedOn: boolean;
  isKilled: boolean;
  isStopping: boolean;
  ids: number;
  /** Of the latest claim, and whether what is read belongs to one before it. */
  epoch: number;
  isOver: boolean;
  /** Fills by ClOrdID and ExecID. */
  booked: Set<string>;
  isYoung(wish: Wish, nowNs: number): boolean;
};

const COMMANDS = ['kill', 'arm', 'stop', 'edge-lost'] as const;

/**
 * Session numbers and timers are taken from `effects`; which orders leave, and with what terms, is
 * this model's word alone. Throws an Error for a log that begins without its configuration.
 */
export function expectOrders(
  log: GatewayLog,
  effects: ReadonlyMap<number, RecordEffects>,
): Expected {
  const model = createModel(log, effects);
  for (const [record, what] of log.records.entries()) {
    if (isVoid(model, what)) continue;
    model.record = record;
    model.nowNs = what.timeNs;
    step(model, what);
    takeGapFills(model);
    if (effects.get(record)?.ends === true) endSession(model);
  }
  return { ...model, positionLots: model.desks.map(({ positionLots }) => positionLots) };
}

/** What a node wrote after another had begun to trade changes nothing. */
function isVoid(model: Model, what: LogRecord): boolean {
  if (what.kind !== 'epoch-claim') return model.isOver;
  model.isOver = what.epoch <= model.epoch;
  model.epoch = Math.max(model.epoch, what.epoch);
  return model.isOver;
}

function createModel(log: GatewayLog, effects: ReadonlyMap<number, RecordEffects>): Model {
  const { instruments, isYoung } = startTerms(log);
  const idByNumber = new Map<number, string>();
  for (const { sent } of effects.values()) {
    for (const message of sent) {
      if (isRequest(message) && !message.isPossDup) idByNumber.set(message.number, message.get(11));
    }
  }
  return {
    ...{ log, effects, idByNumber, instruments, isYoung, inbound: inboundOrder() },
    ...{ requests: [], refused: 0, positionLots: [], withheld: new Map(), rest: '' },
    booked: new Set(),
    ...{ epoch: 0, isOver: false },
    ...{ record: 0, nowNs: 0, ids: 0, isLoggedOn: false, isKilled: false, isStopping: false },
    desks: instruments.map((units, instrument) => {
      const idle = { wish: undefined, order: undefined, positionLots: 0 };
      return { instrument, units, ...idle, ended: new Map() };
    }),
  };
}

export const isRequest = ({ type }: FixMessage) => type === 'D' || type === 'G' || type === 'F';

function step(model: Model, what: LogRecord): void {
  switch (what.kind) {
    case 'restarted':
    case 'epoch-claim':
      model.isStopping = false;
      forgetAnswers(model);
      return;
    case 'connected':
      model.inbound.connected();
      model.rest = '';
      return;
    case 'disconnected':
      forgetAnswers(model);
      return;
    case 'inbound':
      takeBytes(model, what.bytes);
      return;
    case 'command':
      takeCommand(model, COMMANDS[what.command]!);
      return;
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

function endSession(model: Model): void {
  model.inbound.ended();
  model.isLoggedOn = false;
}

function forgetAnswers(model: Model): void {
  endSession(model);
  for (const { order } of model.desks) if (order !== undefined) order.isUnknown = true;
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

/** Nobody wishes for anything there any more: what works is to go. */
function rest(desk: DeskModel): void {
  const wish = desk.wish ?? blankWish(desk.instrument);
  desk.wish = desk.order && { ...wish, style: 'wait' };
}

const blankWish = (instrument: number): Wish => ({
  ...{ id: '', strategy: 0, instrument, desiredLots: 0, limitIncrements: 0, style: 'wait' },
  ...{ tickTimeNs: 0, forecastTimeNs: 0 },
});

function takeBytes(model: Model, bytes: string): void {
  const { messages, rest } = readFix(model.rest + bytes);
  model.rest = rest;
  for (const message of messages) {
    if (message.type === '2') takeGapFills(model);
    const { isLogon, inOrder } = model.inbound.take(message);
    if (isLogon) logOn(model);
    for (const each of inOrder) takeInOrder(model, each);
  }
}

/** What was at work is asked after first; a desk without an order may begin. */
function logOn(model: Model): void {
  model.isLoggedOn = true;
  for (const desk of model.desks) if (desk.order === undefined) work(model, desk);
}

function takeInOrder(model: Model, message: FixMessage): void {
  if (message.type === '3') {
    const id = model.idByNumber.get(Number(message.get(45)));
    if (id !== undefined) for (const desk of model.desks) takeWithheld(desk, id);
    return;
  }
  if (message.type !== '8' && message.type !== '9') return;
  const names = [message.get(11), message.get(41)].filter(name => name !== '');
  const desk = model.desks.find(each => isOwnOrder(each, names));
  if (desk?.order === undefined) {
    takeLate(model, message, names);
    return;
  }
  if (!isBookedBefore(model, message) && takeReport(desk, desk.order, message)) work(model, desk);
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
function takeGapFills(model: Model): void {
  for (const message of model.effects.get(model.record)?.sent ?? []) {
    if (message.type !== '4' || message.get(123) !== 'Y') continue;
    for (let number = message.number; number < Number(message.get(36)); number++) {
      const id = model.idByNumber.get(number);
      if (id === undefined || model.withheld.has(id)) continue;
      model.withheld.set(id, model.record);
      for (const desk of model.desks) takeWithheld(desk, id);
    }
  }
}

function work(model: Model, desk: DeskModel): void {
  const permission: Permission = {
    isLoggedOn: model.isLoggedOn,
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
  return `${day}-${String(++model.ids).padStart(6, '0')}`;
}
