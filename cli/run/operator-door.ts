/** What a gateway's process has for its operators: a door to ask at, and evidence. */
import { join } from 'node:path';
import { type Clock, wallTimers } from '#engine';
import {
  CONTROL_SOCKET,
  type ControlDoor,
  type ControlOrder,
  type Gateway,
  type GatewayEffects,
  type GatewayState,
  listRisk,
  type OperatorOutcome,
  serveControl,
} from '#gateway';
import { keepEvidence } from './risk-evidence.ts';

export type OperatorDoor = {
  /** Of each step: problems are said, evidence is kept. */
  onEffects(effects: GatewayEffects, timeNs: number): void;
  /** Answers whoever asked, in the order of the commands. */
  onOutcome(outcome: OperatorOutcome): void;
  /** The next outcome is of a command that came by another way: nobody here is told. */
  expectOther(): void;
  close(): Promise<void>;
};

export type OperatorDoorOptions = {
  /** Holds `control.sock` and `risk.jsonl`. */
  directory: string;
  time: { originNs: bigint; clock: Clock };
  /** Whose limits are shown; asked for from the first connection on. */
  state(): GatewayState;
  /** See `ServeControlOptions`. */
  operate(order: ControlOrder): string | undefined;
  onProblem(text: string): void;
};

/** Journals and steps what was asked for. */
export function obey({ operate, onStatement }: Gateway, { kind, bytes }: ControlOrder): void {
  if (kind === 'command') operate(bytes);
  else onStatement(bytes);
}

/** Opens in the background: a gateway trades also where operators cannot reach it, and says so. */
export function openOperatorDoor(options: OperatorDoorOptions): OperatorDoor {
  const { directory, state, operate, onProblem } = options;
  const { originNs, clock } = options.time;
  const evidence = keepEvidence({ directory, originNs }, onProblem);
  let door: ControlDoor | undefined;
  const opening = serveControl({
    ...{ path: join(directory, CONTROL_SOCKET), clock, timers: wallTimers(clock) },
    operate,
    show: () => listRisk(state()),
  }).then(
    opened => {
      door = opened;
    },
    (error: Error) => onProblem(`operators cannot reach this gateway: ${error.message}`),
  );
  return {
    onEffects(effects, timeNs) {
      effects.problems.forEach(onProblem);
      evidence(effects, timeNs);
    },
    onOutcome: outcome => door?.onOutcome(outcome),
    expectOther: () => door?.expectOther(),
    async close() {
      await opening;
      await door?.close();
    },
  };
}
