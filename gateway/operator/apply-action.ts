/** Actions of operators on the state of risk, and which of them one operator may do alone. */
import { OutriderError } from '#engine';
import { agreeNumbers } from '../agree-numbers.ts';
import type { GatewayEffects } from '../effects.ts';
import { HEADER, PART } from '../risk/layout.ts';
import { unitOf } from '../risk/limit-table.ts';
import { INSTRUMENT } from '../risk/line-layout.ts';
import { STATE } from '../risk/scope-layout.ts';
import { parseScope, type ScopeName } from '../risk/scope-name.ts';
import { limitOf, setLimit, setSetting, settingOf } from '../risk/set-limit.ts';
import { setState, stateOf } from '../risk/states.ts';
import type { GatewayState } from '../state.ts';
import { askOrders } from './ask-orders.ts';
import type { OperatorAction } from './operator-command.ts';
import { doubtfulDesk, vouchForDesk } from './vouch-for-desk.ts';

/** Whether nothing is allowed afterwards that was not before. */
export function isTightening(state: GatewayState, action: OperatorAction): boolean {
  const { memory } = state.risk;
  switch (action.kind) {
    case 'state':
      return STATE[action.state] >= STATE[stateOf(state.risk, scopeOf(state, action.scope))];
    case 'limit': {
      const before = limitOf(memory, scopeOf(state, action.scope), action.name);
      return isAtMost(action.soft, before.soft) && isAtMost(action.hard, before.hard);
    }
    case 'setting':
    case 'sequence':
      return false;
    case 'restrict':
      return action.isRestricted;
    // It changes no limit and no state; the node itself has looked at it before.
    case 'promote':
      return true;
    case 'ask':
      return true;
    case 'vouch':
      // The first operator hears of a name that is none, too.
      doubtfulDesk(state, action);
      return false;
  }
}

const isAtMost = (after: number | undefined, before: number | undefined) =>
  (after ?? Number.POSITIVE_INFINITY) <= (before ?? Number.POSITIVE_INFINITY);

/** Does it and says what was and what is; throws where it cannot be. */
export function applyAction(
  state: GatewayState,
  action: OperatorAction,
  effects: GatewayEffects,
): string {
  const { risk, nowNs } = state;
  switch (action.kind) {
    case 'state': {
      const scope = scopeOf(state, action.scope);
      const before = stateOf(risk, scope);
      setState(risk, scope, { state: action.state, nowNs });
      return `${action.scope} was ${before}, is ${action.state}`;
    }
    case 'limit': {
      const { name, soft, hard } = action;
      const scope = scopeOf(state, action.scope);
      const before = levels(limitOf(risk.memory, scope, name));
      setLimit(risk.memory, { scope, name, soft, hard });
      return `${action.scope} ${name} was ${before}, is ${levels({ soft, hard })} ${unitOf(name)}`;
    }
    case 'setting': {
      const { name, value } = action;
      const scope = scopeOf(state, action.scope);
      const before = settingOf(risk.memory, scope, name);
      setSetting(risk.memory, { scope, name, value });
      return `${action.scope} ${name} was ${before}, is ${value}`;
    }
    case 'ask':
      return askOrders(state, action.about, effects);
    case 'vouch':
      return vouchForDesk(state, action);
    case 'restrict': {
      const at = risk.topology.instruments.indexOf(action.symbol);
      if (at < 0) throw unknown('instrument', action.symbol);
      const place = risk.memory[HEADER.instrumentsAt]! + at * PART.instrumentValues;
      risk.memory[place + INSTRUMENT.isRestricted] = action.isRestricted ? 1 : 0;
      return `${action.symbol} is ${action.isRestricted ? '' : 'not '}restricted`;
    }
    case 'sequence': {
      const venue = state.venues.find(({ terms }) => terms.name === action.venue);
      if (venue === undefined) throw unknown('venue', action.venue);
      return agreeNumbers({ state, venue, effects }, action);
    }
    case 'promote': {
      const { node, epoch } = state.succession;
      if (node === action.node) return `${node} trades by epoch ${epoch}`;
      throw unknown('node', action.node);
    }
  }
}

const levels = ({ soft, hard }: { soft?: number | undefined; hard?: number | undefined }) =>
  `${soft ?? 'none'} soft, ${hard ?? 'none'} hard`;

function scopeOf({ risk }: GatewayState, text: string): ScopeName {
  const scope = parseScope(risk.topology, text);
  if (scope === undefined) throw unknown('scope', text);
  return scope;
}

const unknown = (what: string, text: string) =>
  new OutriderError(
    'bad-config',
    `${what} ${text}: not there; \`outrider limits show\` lists them`,
  );
