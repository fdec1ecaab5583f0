/** An operator's word that a node shall trade: by name alone, or signed where the desk has keys. */
import type { Nanoseconds } from '#engine';
import { checkCommand } from '../operator/apply-command.ts';
import type { GatewayState } from '../state.ts';

/** `signed`: a command as operators sign it, empty where none is needed. */
export type Promotion = { operator: string; signed: Uint8Array };

/** What a promotion is judged by. */
export type PromotedNode = {
  node: string;
  epoch: number;
  /** Whether the desk file names operators. */
  hasOperators: boolean;
  /** Of its log; undefined where that is not begun. */
  state: GatewayState | undefined;
  nowNs: Nanoseconds;
};

/** The operator whose word it is, or why it does not count. */
export function judgePromotion(
  { operator, signed }: Promotion,
  { node, epoch, hasOperators, state, nowNs }: PromotedNode,
): { operator: string } | { refusal: string } {
  const refused = (text: string) => ({ refusal: `promote: ${text}` });
  if (!hasOperators) {
    if (signed.length === 0) return { operator };
    return refused(`${node} has no desk file with operators; leave out --key`);
  }
  if (signed.length === 0) {
    return refused(`unsigned by ${operator}; operators of the desk file sign it, give --key FILE`);
  }
  if (state === undefined) return refused(`${node} has no log yet: nothing was traded here`);
  const checked = checkCommand(state, signed, nowNs);
  if ('status' in checked) return refused(checked.text);
  const { action } = checked;
  if (action.kind !== 'promote') return refused(`${action.kind} was signed, not promote`);
  if (action.node !== node) return refused(`signed for node ${action.node}; this is ${node}`);
  if (action.epoch === epoch) return { operator: checked.operator };
  return refused(`signed for epoch ${action.epoch}; ${node} is at ${epoch}: ask again`);
}
