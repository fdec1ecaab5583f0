/** What a gateway's process has for its operators: a door to ask at, and evidence. */
import { join } from 'node:path';
import { type Clock, wallTimers } from '#engine';
import {
  CONTROL_SOCKET,
  type ControlDoor,
  type Gateway,
  type GatewayEffects,
  listRisk,
  serveControl,
} from '#gateway';
import { keepEvidence } from './risk-evidence.ts';

export type OperatorDoor = {
  /** Of each step: problems are said, evidence is kept, and whoever asked is answered. */
  onEffects(effects: GatewayEffects, timeNs: number): void;
  close(): Promise<void>;
};

export type OperatorDoorOptions = {
  /** Holds `control.sock` and `risk.jsonl`. */
  directory: string;
  time: { originNs: bigint; clock: Clock };
  /** Asked for from the first connection on. */
  gateway(): Gateway;
  onProblem(text: string): void;
};

/** Opens in the background: a gateway trades also where operators cannot reach it, and says so. */
export function openOperatorDoor(options: OperatorDoorOptions): OperatorDoor {
  const { directory, gateway, onProblem } = options;
  const { originNs, clock } = options.time;
  const evidence = keepEvidence({ directory, originNs }, onProblem);
  let door: ControlDoor | undefined;
  const opening = serveControl({
    ...{ path: join(directory, CONTROL_SOCKET), clock, timers: wallTimers(clock) },
    operate: bytes => gateway().operate(bytes),
    show: () => listRisk(gateway().state),
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
      for (const outcome of effects.outcomes) door?.onOutcome(outcome);
    },
    async close() {
      await opening;
      await door?.close();
    },
  };
}
