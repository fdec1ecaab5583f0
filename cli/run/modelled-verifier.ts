/** The verifier on a virtual clock: the real schedule and settlement, with modelled delays. */
import type { VirtualTime } from '#engine';
import { createSchedule, SCHEDULE_LIMITS, type VerifierSession } from '#verifier';
import type { Answer, VerifierLink } from '#verifier/protocol';

export type ModelledDelays = {
  /** From the edge to the verifier, and back. */
  oneWayNs: number;
  /** Of a speculation with this many branches; a request of fewer contexts takes its share. */
  serviceNs: number;
  branches: number;
};

export function modelledVerifier(
  session: VerifierSession,
  time: VirtualTime,
  options: ModelledDelays & { onAnswer(answer: Answer): void },
): VerifierLink {
  const { oneWayNs, onAnswer } = options;
  let busyUntilNs = 0;
  const schedule = createSchedule({
    limits: SCHEDULE_LIMITS,
    clock: time,
    // A turn is asked for before its predecessor settles: only then is known how long that takes.
    nextTurn: turn =>
      time.at(time.nowNs(), () => time.at(Math.max(time.nowNs(), busyUntilNs), turn)),
  });
  const lane = schedule.join({
    verify: {
      update: request => session.update(request),
      settle(request) {
        const verdict = session.settle(request);
        const share = Math.min(1, verdict.contexts.length / options.branches);
        const serviceNs = Math.round(options.serviceNs * share);
        busyUntilNs = time.nowNs() + serviceNs;
        return { ...verdict, serviceNs };
      },
    },
    answer(answer) {
      const doneNs = answer.kind === 'verdict' ? busyUntilNs : time.nowNs();
      time.at(doneNs + oneWayNs, () => onAnswer(answer));
    },
    failed(cause) {
      throw cause;
    },
  });
  return {
    state: 'up',
    send(request) {
      time.at(time.nowNs() + oneWayNs, () => lane.offer(request, time.nowNs()));
      return true;
    },
  };
}
