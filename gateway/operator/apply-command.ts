/**
 * An operator's command, as the log has it: verified, then done, or left to wait for a second
 * operator where it loosens anything. The same bytes have the same outcome in every replay.
 */
import { MILLISECOND_NS, type Nanoseconds, OutriderError, SECOND_NS } from '#engine';
import type { GatewayEffects } from '../effects.ts';
import type { GatewayState } from '../state.ts';
import { applyAction, isTightening } from './apply-action.ts';
import { actionText, type OperatorCommand } from './operator-command.ts';
import type { OperatorOutcome } from './operator-terms.ts';
import { openCommand } from './signed-command.ts';

/** How far the time of a signature and of its record may be apart. */
const CLOCK_NS_MAX = 300 * SECOND_NS;

/** A second operator has this long, and so many actions may wait at once. */
const PENDING_NS = 600 * SECOND_NS;
const PENDING_MAX = 32;

export function applyCommand(
  state: GatewayState,
  bytes: Uint8Array,
  effects: GatewayEffects,
): OperatorOutcome {
  const checked = checkCommand(state, bytes, state.nowNs);
  if ('status' in checked) return checked;
  const opened = checked;
  const { operator } = opened;
  const refused = (text: string): OperatorOutcome => ({ status: 'refused', operator, text });
  state.operators.lastUnixMs.set(operator, opened.unixMs);
  try {
    return take(state, opened, effects);
  } catch (error) {
    if (error instanceof OutriderError) return refused(error.message);
    throw error;
  }
}

/** The command of an operator for this gateway, which was not taken yet; or its refusal. */
export function checkCommand(
  state: GatewayState,
  bytes: Uint8Array,
  nowNs: Nanoseconds,
): OperatorCommand | OperatorOutcome {
  const opened = openCommand(bytes, state.config.operators ?? []);
  if (typeof opened === 'string') return { status: 'refused', operator: '', text: opened };
  const text = problemOf(state, opened, nowNs);
  if (text === undefined) return opened;
  return { status: 'refused', operator: opened.operator, text };
}

/** Why a genuine command is not for this gateway, or not for now. */
function problemOf(
  { config, operators }: GatewayState,
  command: OperatorCommand,
  nowNs: Nanoseconds,
): string | undefined {
  const { operator, gateway, unixMs } = command;
  const own = config.venues[0]!.senderCompId;
  if (gateway !== own) return `the command is for gateway ${gateway}; this is ${own}`;
  const last = operators.lastUnixMs.get(operator);
  if (last !== undefined && unixMs <= last) return `the command was taken before, or is older`;
  const originMs = Number(config.originNs / BigInt(MILLISECOND_NS));
  const apartNs = Math.abs((unixMs - originMs) * MILLISECOND_NS - nowNs);
  if (apartNs <= CLOCK_NS_MAX) return undefined;
  return `signed ${Math.round(apartNs / 1e9)} s from the gateway's clock; set the clock, sign anew`;
}

function take(
  state: GatewayState,
  { operator, action }: OperatorCommand,
  effects: GatewayEffects,
): OperatorOutcome {
  const { pending } = state.operators;
  const outcome = (status: OperatorOutcome['status'], text: string) => ({ status, operator, text });
  if (isTightening(state, action)) return outcome('applied', applyAction(state, action, effects));
  for (let at = pending.length - 1; at >= 0; at--) {
    if (pending[at]!.untilNs <= state.nowNs) pending.splice(at, 1);
  }
  const text = actionText(action);
  const at = pending.findIndex(each => each.text === text);
  const first = pending[at];
  if (first === undefined) {
    if (pending.length >= PENDING_MAX) return outcome('refused', `${PENDING_MAX} actions wait`);
    pending.push({ text, operator, untilNs: state.nowNs + PENDING_NS });
    return outcome('waiting', 'it loosens: a second operator is to ask for the same in 10 minutes');
  }
  if (first.operator === operator) {
    return outcome('refused', `${operator} asked for this already: it takes another operator`);
  }
  pending.splice(at, 1);
  return outcome(
    'applied',
    `${applyAction(state, action, effects)}; asked for by ${first.operator}`,
  );
}
