/** In which order a session takes the venue's messages: by number, behind gaps, none twice. */
import type { FixMessage } from './read-fix.ts';

export type InboundOrder = {
  connected(): void;
  ended(): void;
  /** Whether this opens the session, and what is taken up by it, in order. */
  take(message: FixMessage): { isLogon: boolean; inOrder: FixMessage[] };
};

const NOTHING = { isLogon: false, inOrder: [] };

export function inboundOrder(): InboundOrder {
  let status: 'down' | 'logon-sent' | 'active' = 'down';
  let next = 1;
  /** Undefined: its number counts, and that is all. */
  const held = new Map<number, FixMessage | undefined>();

  const drain = (inOrder: FixMessage[]) => {
    while (held.has(next)) {
      const message = held.get(next);
      held.delete(next);
      next++;
      if (message !== undefined) takeNext(message, inOrder);
    }
    for (const number of held.keys()) if (number < next) held.delete(number);
  };
  const takeNext = (message: FixMessage, inOrder: FixMessage[]) => {
    if (message.type === '4') next = Math.max(next, Number(message.get(36)));
    else inOrder.push(message);
  };
  return {
    connected() {
      status = 'logon-sent';
      held.clear();
    },
    ended() {
      status = 'down';
      held.clear();
    },
    take(message) {
      if (status === 'down') return NOTHING;
      const { type, number } = message;
      const inOrder: FixMessage[] = [];
      if (status === 'logon-sent') {
        if (type === '5' && number === next) next++;
        if (type !== 'A' || number < next) return NOTHING;
        status = 'active';
        held.set(number, undefined);
        drain(inOrder);
        return { isLogon: true, inOrder };
      }
      if (type === '4' && message.get(123) !== 'Y') next = Math.max(next, Number(message.get(36)));
      else if (number === next) {
        next++;
        takeNext(message, inOrder);
      } else if (number > next && type !== '5') {
        if (!held.has(number)) held.set(number, type === '2' ? undefined : message);
      }
      drain(inOrder);
      return { isLogon: false, inOrder };
    },
  };
}
