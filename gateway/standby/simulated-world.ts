/** The members of a simulated pair: gateways, their logs, the witness, what reached the venue. */
import { MILLISECOND_NS } from '#engine';
import type { Pair } from './pair.ts';
import type { SimulatedNetwork, SimulatedProcess } from './simulated-network.ts';
import type { SimulatedTopic } from './simulated-topic.ts';
import type { Member, SimulationPlan } from './simulation-plan.ts';
import type { WitnessRecord, WitnessState } from './witness.ts';

export const LEASE_NS = 100 * MILLISECOND_NS;
export const RETRY_NS = 5 * MILLISECOND_NS;

/** `c EPOCH` for a claim, `p` for a pairing, `r NUMBER` for what makes an output. */
export type Output = { epoch: number; offset: number; text: string };

export type Gateway = {
  name: 'A' | 'B';
  /** Outlives its processes. */
  log: string[];
  process: SimulatedProcess | undefined;
  pair: Pair<Output> | undefined;
  /** It had all that left when the other died. */
  hasAll: boolean;
  instances: number;
};

export type World = {
  plan: SimulationPlan;
  network: SimulatedNetwork;
  gateways: Gateway[];
  witness: {
    process: SimulatedProcess | undefined;
    state: WitnessState | undefined;
    record: WitnessRecord;
  };
  topic: SimulatedTopic;
  paces: Record<Member, number>;
  records: number;
  /** As they reached the venue. */
  sent: Output[];
  claims: number;
  pairings: number;
  words: number;
  /** By operators' word, the latest: the witness comes back while its holder trades. */
  word: { epoch: number; holder: Gateway } | undefined;
  violations: string[];
};

/** A gateway's process, and what it makes of its links. */
export type Living = { process: SimulatedProcess; pair: Pair<Output> };

export const otherOf = ({ gateways }: World, name: string) =>
  gateways.find(one => one.name !== name)!;
