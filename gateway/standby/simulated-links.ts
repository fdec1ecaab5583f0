/** Links of a simulated gateway: to its witness, and to the node it follows; made again. */
import type { Nanoseconds } from '#engine';
import type { PeerLink } from './replication.ts';
import type { SimulatedProcess } from './simulated-network.ts';
import { type Gateway, LEASE_NS, type Living, RETRY_NS, type World } from './simulated-world.ts';
import { stepWitness } from './witness.ts';
import type { FromWitness, ToWitness } from './witness-messages.ts';

type Dialling = Living & { onAsk(to: ((message: ToWitness) => void) | undefined): void };

export function dialWitness(world: World, gateway: Gateway, dialling: Dialling): void {
  const { process, pair, onAsk } = dialling;
  const { network, witness } = world;
  const again = () => dialWitness(world, gateway, dialling);
  const retry = () => void process.timers.at(process.clock.nowNs() + RETRY_NS, again);
  const to = witness.process;
  if (to?.isAlive !== true) {
    retry();
    return;
  }
  network.connect<ToWitness, FromWitness>({
    ...{ from: process, to, silenceNs: LEASE_NS },
    dial(link) {
      onAsk(message => link.send(message));
      return {
        onMessage: message => pair.onWitness(message),
        onClosed() {
          onAsk(undefined);
          pair.onWitnessLost();
          retry();
        },
      };
    },
    answer: link => witnessEnd(world, to, link),
  });
}

function witnessEnd(
  { plan, witness }: World,
  process: SimulatedProcess,
  link: PeerLink<FromWitness>,
) {
  return {
    onMessage(message: ToWitness) {
      const state = witness.state!;
      if (
        plan.planted === 'alone-unknown' &&
        message.kind === 'declare' &&
        message.standby === ''
      ) {
        const { epoch, serial } = message;
        link.send({ kind: 'agreed', epoch, serial });
        return;
      }
      const answer = stepWitness(state, message, process.clock.nowNs());
      const { epoch, holder, standby, serial, claimed } = state;
      witness.record = { epoch, holder, standby, serial, claimed };
      if (answer !== undefined) link.send(answer);
    },
    onClosed() {},
  };
}

export function dialOther(world: World, gateway: Gateway, living: Living): void {
  const { process, pair } = living;
  const other = world.gateways.find(one => one !== gateway)!;
  const retry = (afterNs: Nanoseconds) =>
    void process.timers.at(process.clock.nowNs() + afterNs, () =>
      dialOther(world, gateway, living),
    );
  const to = other.process;
  if (to?.isAlive !== true || pair.state.role === 'primary') {
    retry(RETRY_NS);
    return;
  }
  world.network.connect({
    ...{ from: process, to, silenceNs: LEASE_NS },
    dial(link) {
      const handler = pair.connected(link);
      return {
        onMessage: handler.onMessage,
        onClosed() {
          handler.onClosed();
          retry(RETRY_NS);
        },
      };
    },
    answer: link => other.pair!.accept(link),
  });
}
