/** A node whose records go by a link to the other node, with a witness or without one. */
import { connectPeer, connectWitness, linkTerms } from '#gateway';
import type { PairOptions } from './pair-options.ts';
import type { OpenWay, PairWay, WayNode } from './pair-way.ts';

export function linkWay({ standbyOf, witness, aloneAfterNs }: PairOptions): PairWay {
  const hasWitness = witness !== undefined;
  return {
    terms: linkTerms({ hasWitness, aloneAfterNs }),
    isFirst: standbyOf === undefined,
    endsTogether: true,
    handsOverStalled: hasWitness,
    noPromotion: undefined,
    open: async node => openLinks(node),
  };
}

function openLinks({ options, pair, leaseClock, leaseTimers }: WayNode): OpenWay {
  const { onProblem } = options;
  const { standbyOf, witness: witnessAddress, leaseNs } = options.pair;
  const shared = { clock: leaseClock, timers: leaseTimers, leaseNs, onProblem };
  const witness =
    witnessAddress &&
    connectWitness({
      ...{ ...witnessAddress, ...shared },
      onMessage: pair.onWitness,
      onLost: pair.onWitnessLost,
    });
  const upstream =
    standbyOf &&
    connectPeer({
      ...{ ...standbyOf, ...shared, connected: pair.connected },
      isWanted: () => pair.state.role !== 'primary' && pair.state.role !== 'stopped',
    });
  return {
    ask: message => witness?.ask(message),
    lead() {},
    async close() {
      upstream?.close();
      witness?.close();
    },
  };
}
