/** An operator's question about orders at work: nothing new leaves for them until the answers. */
import { OutriderError } from '#engine';
import { askAfter } from '../ask-after.ts';
import type { GatewayEffects } from '../effects.ts';
import { clientOrderIdText, isSameId, readClientOrderId } from '../order/client-order-id.ts';
import type { Desk } from '../order/desk.ts';
import type { WorkingOrder } from '../order/working-order.ts';
import { LINE } from '../risk/line-layout.ts';
import { lineAt } from '../risk/risk.ts';
import { parseScope, type ScopeName } from '../risk/scope-name.ts';
import type { GatewayState } from '../state.ts';

const ORDER = 'order:';

type Placed = { desk: Desk; order: WorkingOrder };

/** Of `order:CLORDID` or of a scope. Throws `bad-config` where nothing of the name is at work. */
export function askOrders(state: GatewayState, about: string, effects: GatewayEffects): string {
  const isAbout = about.startsWith(ORDER)
    ? isOrder(about.slice(ORDER.length))
    : isWithin(state, about);
  const found: Placed[] = [];
  for (const desk of state.desks) {
    for (const order of desk.orders) if (isAbout({ desk, order })) found.push({ desk, order });
  }
  if (found.length === 0) {
    const message = `${about}: nothing of it is at work; \`outrider orders DIR\` lists orders`;
    throw new OutriderError('bad-config', message);
  }
  const asked = found.filter(({ order }) => state.venues[order.venue]!.isLoggedOn);
  for (const each of asked) {
    askAfter({ state, venue: state.venues[each.order.venue]!, effects }, each);
  }
  const names = asked
    .map(({ order }) => clientOrderIdText(order.clientOrderId))
    .slice(0, NAMES_MAX);
  const away = found.length - asked.length;
  const later = away === 0 ? '' : `; ${away} with their venue's next logon`;
  return `${about}: asked after ${asked.length} orders ${names.join(' ')}`.trimEnd() + later;
}

/** In the answer. */
const NAMES_MAX = 16;

/** By its name, or that of the change that it waits for. */
function isOrder(name: string): (placed: Placed) => boolean {
  const id = readClientOrderId(name);
  return ({ order: { clientOrderId, pending } }) =>
    id !== undefined &&
    (isSameId(id, clientOrderId) || (pending !== undefined && isSameId(id, pending.clientOrderId)));
}

function isWithin({ risk }: GatewayState, text: string): (placed: Placed) => boolean {
  const scope = parseScope(risk.topology, text);
  if (scope === undefined) {
    const remedy = '`outrider limits show` lists them';
    throw new OutriderError('bad-config', `scope ${text}: not there; ${remedy}`);
  }
  return ({ desk, order }) => indexOf(scope.kind, { desk, order }, risk.memory) === scope.index;
}

/** Of the scope of a kind that an order belongs to. */
function indexOf(kind: ScopeName['kind'], { desk, order }: Placed, memory: Float64Array): number {
  const line = lineAt(memory, desk);
  switch (kind) {
    case 'firm':
      return 0;
    case 'venue':
      return order.venue;
    case 'desk':
      return memory[line + LINE.desk]!;
    case 'strategy':
      return desk.strategy;
    case 'account':
      return memory[line + LINE.account]!;
    case 'instrument':
      return desk.instrument;
  }
}
