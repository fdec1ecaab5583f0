/**
 * Operators of a node of a pair: they see its limits whichever node it is, and command the one that
 * trades. What they are told leaves as orders do, once the standby has the command.
 */
import { type Clock, OutriderError } from '#engine';
import type { ControlOrder, GatewayState, NodeState, OperatorOutcome } from '#gateway';
import { type OperatorDoor, openOperatorDoor } from './operator-door.ts';
import type { PairOptions } from './pair-options.ts';

export type NodeOperatorsOptions = {
  directory: string;
  terms: PairOptions;
  originNs: bigint;
  clock: Clock;
  pair: NodeState;
  /** Of its log; undefined where that is not begun. */
  state(): GatewayState | undefined;
  /** Where it trades. */
  operate(order: ControlOrder): void;
  onProblem(text: string): void;
};

export function openNodeOperators(options: NodeOperatorsOptions): OperatorDoor {
  const { directory, terms, originNs, clock, pair, onProblem } = options;
  return openOperatorDoor({
    ...{ directory, time: { originNs, clock }, onProblem },
    state() {
      const state = options.state();
      if (state !== undefined) return state;
      throw new OutriderError('protocol', `${terms.node} has no log yet: an edge must connect`);
    },
    operate(order) {
      if (pair.role !== 'primary') return refusalOf(options);
      options.operate(order);
      return undefined;
    },
  });
}

/** Names the node to ask instead. */
function refusalOf({ terms, pair, state }: NodeOperatorsOptions): string {
  const { node: name, standbyOf } = terms;
  if (!pair.follower.isLinked) {
    return `${name} does not trade, and follows nobody now; ask the node that trades`;
  }
  const { node: primary, epoch } = state()?.succession ?? { node: 'another node', epoch: 0 };
  const at = standbyOf === undefined ? '' : ` at ${standbyOf.host}:${standbyOf.port}`;
  return `${name} is the standby of ${primary}${at}, which trades by epoch ${epoch}; ask that`;
}

/** The answer to a command that only this node has. */
export const notReplicated = ({ text, ...outcome }: OperatorOutcome): OperatorOutcome => ({
  ...outcome,
  text: `${text}; no standby has it: say it again at the node that trades after this one`,
});
