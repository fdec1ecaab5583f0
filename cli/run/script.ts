/** The scripted loss of a run without arguments: the verifier is gone from 0:50 to 1:10. */
import { type Clock, SECOND_NS, type Timers } from '#engine';
import type { VerifierProcess } from './verifier-process.ts';

export type ScriptPorts = {
  verifier: VerifierProcess;
  clock: Clock;
  timers: Timers;
  /** Tells those who watch. */
  event(text: string): void;
};

/** What happens to a run while its feed goes on. */
export type Script = { lengthNs: number; play(ports: ScriptPorts): Promise<void> };

const KILL_NS = 50 * SECOND_NS;
const RETURN_NS = 70 * SECOND_NS;

export const lossAndReturn: Script = {
  lengthNs: 120 * SECOND_NS,
  async play({ verifier, clock, timers, event }) {
    const startNs = clock.nowNs();
    const wait = (ns: number) => new Promise<void>(due => timers.at(startNs + ns, due));
    await wait(KILL_NS);
    verifier.kill('SIGKILL');
    event('verifier killed');
    await wait(RETURN_NS);
    await verifier.restart();
    event('verifier started again');
  },
};
