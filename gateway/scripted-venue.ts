/** A gateway on a virtual clock before a venue that says just what a test has it say. */
import { generateKeyPairSync } from 'node:crypto';
import { MILLISECOND_NS, virtualTime } from '#engine';
import type { GatewayEvent } from './event.ts';
import { decodeMessage, encodeMessage } from './fix/codec.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import type { FixMessage } from './fix/message.ts';
import { ExecType, OrdStatus } from './fix/order-status.ts';
import { parseMessage } from './fix/parse.ts';
import { formatUtcTimestamp } from './fix/timestamp.ts';
import { createGateway, createReplay, type Gateway } from './gateway.ts';
import type { OperatorAction } from './operator/operator-command.ts';
import type { OperatorOutcome } from './operator/operator-terms.ts';
import { publicKeyText, signCommand } from './operator/signed-command.ts';
import { CONFIG, replayedBytes, START_NS, signalAt } from './paper-world.ts';
import type { Signal } from './signal.ts';
import type { GatewayConfig } from './state.ts';
import type { VenueTerms } from './venue-terms.ts';

export type ScriptedVenue = {
  readonly gateway: Gateway;
  readonly log: GatewayEvent[];
  readonly problems: string[];
  /** All that left, the session's own messages too. */
  readonly bytes: Buffer[];
  /** What left since the last call, without the session's own messages. */
  sent(): FixMessage[];
  /** A message of the venue's, with its next number. */
  say(message: FixMessage): void;
  /** A new connection, and the venue's Logon. */
  logOn(): void;
  signal(wish: Partial<Signal>): void;
  /** One of two operators asks, a millisecond after the latest command. */
  operate(operator: keyof typeof KEYS, action: OperatorAction): OperatorOutcome;
  wait(durationNs: number): void;
  /** Bytes that a replay of the log sends. */
  replayed(): Buffer;
};

const KEYS = {
  ada: generateKeyPairSync('ed25519').privateKey,
  bea: generateKeyPairSync('ed25519').privateKey,
};

const operators = Object.entries(KEYS).map(([name, key]) => ({
  ...{ name, publicKey: publicKeyText(key) },
}));

/** The configuration of the paper world with other terms of its venue. */
export const configWith = (
  terms: Partial<VenueTerms>,
  config: Partial<GatewayConfig> = {},
): GatewayConfig => ({
  ...CONFIG,
  operators,
  ...config,
  venues: [{ ...CONFIG.venues[0]!, ...terms }],
});

export function scriptedVenue(config: GatewayConfig): ScriptedVenue {
  const time = virtualTime(START_NS);
  const log: GatewayEvent[] = [];
  const problems: string[] = [];
  const bytes: Buffer[] = [];
  const outcomes: OperatorOutcome[] = [];
  let [seen, next] = [0, 1];
  const gateway = createGateway(config, {
    ...{ clock: time, timers: time, journal: event => void log.push(event), onPosition() {} },
    send: each => void bytes.push(each),
    disconnect() {},
    onEffects(effects) {
      problems.push(...effects.problems);
      outcomes.push(...effects.outcomes);
    },
  });
  const say = (message: FixMessage) => {
    const { senderCompId: targetCompId, targetCompId: senderCompId } = config.venues[0]!;
    const sendingTime = formatUtcTimestamp(config.originNs, time.nowNs());
    const header = { msgSeqNum: next++, senderCompId, targetCompId, sendingTime };
    gateway.onBytes(encodeMessage(header, message));
  };
  return {
    ...{ gateway, log, problems, bytes, say },
    sent() {
      const fresh = bytes.slice(seen).map(decoded);
      seen = bytes.length;
      return fresh.filter(({ msgType }) => !'A012345'.includes(msgType));
    },
    logOn() {
      if (next > 1) gateway.onDisconnected();
      gateway.onConnected();
      say({ msgType: 'A', heartBtInt: 30, resetSeqNumFlag: false });
    },
    signal: wish => gateway.onSignal(signalAt(time.nowNs(), wish)),
    operate(operator, action) {
      time.advanceTo(time.nowNs() + MILLISECOND_NS);
      const gatewayName = config.venues[0]!.senderCompId;
      const unixMs =
        Number(config.originNs / 1_000_000n) + Math.floor(time.nowNs() / MILLISECOND_NS);
      const command = { operator, gateway: gatewayName, unixMs, action };
      gateway.operate(signCommand(command, KEYS[operator]));
      return outcomes.at(-1)!;
    },
    wait: durationNs => time.advanceTo(time.nowNs() + durationNs),
    replayed: () => replayedBytes(createReplay(config), log),
  };
}

function decoded(bytes: Buffer): FixMessage {
  const view = parseMessage(bytes);
  const { message } = view.kind === 'view' ? decodeMessage(view) : {};
  if (message === undefined) throw new Error(`the gateway sent ${bytes}`);
  return message;
}

/** A report on an order that left, of ten lots of the first instrument if it says nothing else. */
export function reportOn(
  order: { clOrdId: string; symbol?: string; side?: '1' | '2' },
  differing: Partial<ExecutionReport> = {},
): ExecutionReport {
  const { clOrdId, symbol = 'EUR/USD', side = '1' } = order;
  return {
    ...{ msgType: '8', clOrdId, orderId: `V${clOrdId}`, execId: `E${clOrdId}`, symbol, side },
    ...{ ordStatus: OrdStatus.new, execType: ExecType.new, avgPx: '0', cumQty: '0' },
    ...{ leavesQty: '1000', transactTime: '20140502-10:00:00.000', ...differing },
  };
}

/** Its end by a cancel. */
export const cancelledReport = (order: Parameters<typeof reportOn>[0]): ExecutionReport =>
  reportOn(order, {
    ...{ execType: ExecType.canceled, ordStatus: OrdStatus.canceled, leavesQty: '0' },
  });

/** A wish that rests; far from the touch. */
export const RESTING = { style: 'join', limitIncrements: 99_990 } as const;
