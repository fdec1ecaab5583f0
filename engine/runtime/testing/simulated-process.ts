/** A process of a simulated world: every call it makes may fail, stall or be its last. */

import { OutriderError } from '../../error.ts';

/** What happens at a call: before its effect, or after it and before its answer. */
export type Fault = {
  readonly at: 'before' | 'after';
  /** `crash` for ever; `stall` for so long, then it goes on as a zombie; `error` of the network. */
  readonly kind: 'crash' | 'stall' | 'error';
};

export type SimulatedProcess = {
  readonly name: string;
  readonly isFrozen: boolean;
  readonly isGone: boolean;
  /** Calls made so far. */
  readonly calls: number;
  /** A call: its effect, with what happens around it. */
  call<Result>(effect: () => Result | Promise<Result>): Promise<Result>;
  /** Done as soon as the process runs; never where it is gone. */
  awake(): Promise<void>;
  crash(): void;
};

export type SimulatedProcessOptions = {
  readonly name: string;
  /** Asked at each call with its number. */
  faultAt(call: number): Fault | undefined;
  /** Time a call takes, each way. */
  delay(): Promise<void>;
  /** Done after a stall. */
  stall(): Promise<void>;
  onCrash(): void;
};

export function simulatedProcess(options: SimulatedProcessOptions): SimulatedProcess {
  let calls = 0;
  let isGone = false;
  /** Stalls end one after the other. */
  let thawed: Promise<void> | undefined;
  const never = new Promise<never>(() => {});
  const crash = () => {
    if (isGone) return;
    isGone = true;
    options.onCrash();
  };
  const suffer = async (fault: Fault) => {
    if (fault.kind === 'crash') crash();
    if (fault.kind === 'error') {
      throw new OutriderError('network', `the connection broke ${fault.at} the call`);
    }
    if (fault.kind !== 'stall') return;
    thawed = options.stall();
    await thawed;
    thawed = undefined;
  };
  const pass = async () => {
    if (isGone) await never;
    while (thawed !== undefined) await thawed;
    await options.delay();
    if (isGone) await never;
  };
  return {
    name: options.name,
    get isFrozen() {
      return isGone || thawed !== undefined;
    },
    get isGone() {
      return isGone;
    },
    get calls() {
      return calls;
    },
    async call(effect) {
      await pass();
      const fault = options.faultAt(calls++);
      if (fault?.at === 'before') await suffer(fault);
      if (isGone) await never;
      const result = await effect();
      if (fault?.at === 'after') await suffer(fault);
      await pass();
      return result;
    },
    awake: pass,
    crash,
  };
}
