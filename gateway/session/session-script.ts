/** Plays a session as text, a line an event or an effect: a test reads like the FIX rules. */
import { SECOND_NS } from '#engine';
import { formatUtcTimestamp } from '../fix/timestamp.ts';
import { type SessionConfig, sessionConfig } from './config.ts';
import type { SessionEffect, SessionEvent } from './event.ts';
import { memoryStore } from './memory-store.ts';
import { newSession, type SessionState } from './state.ts';
import { stepSession } from './step.ts';
import type { SentStore } from './store.ts';

/** Monday, 2026-09-21. */
export const ORIGIN_NS = BigInt(Date.UTC(2026, 8, 21)) * 1_000_000n;

/** Header fields the script fills in and leaves out of what it shows. */
const FIXED = /^(8|9|10|49|56)=/;

export type Script = {
  state: SessionState;
  /** Runs lines of input and gives the lines of output. */
  play(input: string): string[];
};

/**
 * Input lines, each with its time in seconds first:
 *
 *     0   connect | disconnect | timer | logout [text] | garbage reason
 *     0.5 < 35=A|34=1|98=0|108=30     a message arrives; 8, 9, 10, unless given 49, 52, 56 and the
 *                                     terms of an order are filled in; `=-` leaves a field out, and
 *                                     `=@4` is the UTCTimestamp of second 4
 *     1   send clOrdId                the owner sends an order
 *
 * Output lines: `> 35=A|34=1|...` for bytes sent without 8, 9, 10, 49, 56, with 52 and 122 as
 * seconds since the origin; `deliver 34 clOrdId`; other effects by name. Timers that are due are
 * not run by themselves: the script says when time passes.
 */
export function script(
  role: SessionConfig['role'],
  { store = memoryStore(), ...given }: Partial<SessionConfig> & { store?: SentStore } = {},
): Script {
  const names = role === 'initiator' ? ['GATEWAY', 'VENUE'] : ['VENUE', 'GATEWAY'];
  const [senderCompId, targetCompId] = names as [string, string];
  const config = sessionConfig({ role, senderCompId, targetCompId, originNs: ORIGIN_NS, ...given });
  const state = newSession(config, store);
  return {
    state,
    play(input) {
      const output: string[] = [];
      for (const line of input.trim().split('\n')) {
        const effects: SessionEffect[] = [];
        stepSession(state, eventOf(line.trim(), config), effects);
        for (const effect of effects) output.push(...shown(effect));
      }
      return output;
    },
  };
}

/** Frames fields written with `|`, as the side opposite to `config` would. */
export function wireMessage(fields: string, config: SessionConfig, timeNs: number): Buffer {
  const now = formatUtcTimestamp(config.originNs, timeNs);
  const given = fields.split('|').map(field =>
    field.replace(/=@(.*)/, (_, seconds) => {
      return `=${formatUtcTimestamp(config.originNs, Number(seconds) * SECOND_NS)}`;
    }),
  );
  const missing = (field: string) => {
    return !given.some(other => other.startsWith(field.slice(0, field.indexOf('=') + 1)));
  };
  const header = [`49=${config.targetCompId}`, `52=${now}`, `56=${config.senderCompId}`];
  const order = ['38=1', '40=2', '44=1', '54=1', '55=X', `60=${now}`];
  const filled = header.filter(missing);
  const terms = given[0] === '35=D' ? order.filter(missing) : [];
  const body = [...given.slice(0, 2), ...filled, ...given.slice(2), ...terms]
    .filter(field => !field.endsWith('=-'))
    .map(field => `${field}\u0001`)
    .join('');
  const head = `8=FIX.4.4\u00019=${body.length}\u0001${body}`;
  const sum = Buffer.from(head, 'latin1').reduce((total, byte) => total + byte, 0) % 256;
  return Buffer.from(`${head}10=${String(sum).padStart(3, '0')}\u0001`, 'latin1');
}

function eventOf(line: string, config: SessionConfig): SessionEvent {
  const [time, verb, ...words] = line.split(/\s+/);
  const timeNs = Math.round(Number(time) * SECOND_NS);
  const rest = words.join(' ');
  switch (verb) {
    case 'connect':
      return { kind: 'connected', timeNs };
    case 'disconnect':
      return { kind: 'disconnected', timeNs };
    case 'timer':
      return { kind: 'timer', timeNs };
    case 'logout':
      return rest === '' ? { kind: 'logout', timeNs } : { kind: 'logout', timeNs, text: rest };
    case 'garbage':
      return { kind: 'garbage', timeNs, reason: rest as 'noise' };
    case '<':
      return { kind: 'message', timeNs, bytes: wireMessage(rest, config, timeNs) };
    case 'send': {
      const transactTime = formatUtcTimestamp(config.originNs, timeNs);
      const order = { clOrdId: rest, postOnly: false, orderQty: '1', price: '2', transactTime };
      return { kind: 'send', timeNs, message: { msgType: 'D', side: '1', symbol: 'X', ...order } };
    }
    default:
      throw new Error(`no such line: ${line}`);
  }
}

function shown(effect: SessionEffect): string[] {
  switch (effect.kind) {
    case 'send':
      return [`> ${readable(effect.bytes)}`];
    case 'deliver': {
      const { message, header } = effect;
      const id = 'clOrdId' in message ? message.clOrdId : message.msgType;
      return [`deliver ${header.msgSeqNum} ${id}`];
    }
    case 'deliver-whole':
      return [`deliver ${effect.header.msgSeqNum} ${effect.view.msgType}`];
    case 'withheld':
      return [`withheld ${effect.msgSeqNum}`];
    case 'rejected':
      return [`rejected ${effect.reject.refSeqNum} ${effect.message?.msgType ?? '-'}`];
    case 'disconnect':
      return [`disconnect ${effect.reason}`];
    case 'logged-on':
      return ['logged-on'];
    case 'timer':
      return [];
  }
}

/** Orders are shown by 35, 34, 43, 52, 122 and 11 alone. */
function readable(bytes: Uint8Array): string {
  const fields = Buffer.from(bytes).toString('latin1').split('\u0001').slice(0, -1);
  const isOrder = fields.includes('35=D');
  return fields
    .filter(field => !FIXED.test(field))
    .filter(field => !isOrder || /^(35|34|43|52|122|11)=/.test(field))
    .map(field => (/^(52|122)=/.test(field) ? secondsIn(field) : field))
    .join('|');
}

function secondsIn(field: string): string {
  const [tag, value] = field.split('=') as [string, string];
  const [hours, minutes, seconds] = value.slice(9).split(':').map(Number) as number[];
  return `${tag}=${(hours! * 60 + minutes!) * 60 + seconds!}`;
}
