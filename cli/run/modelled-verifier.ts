/** The verifier on a virtual clock: the real settlement, with modelled delays and service time. */
import type { VirtualTime } from '#engine';
import type { VerifierSession } from '#verifier';
import type { Answer, Speculation, VerifierLink } from '#verifier/protocol';

/** Requests that may wait; beyond it a request is refused as overloaded. */
const WAITING_MAX = 256;

export type ModelledVerifier = VerifierLink & { settled: { serviceNs: number; requests: number } };

/** One server, first come first served; of an instrument only the newest request waits. */
export function modelledVerifier(
  session: VerifierSession,
  time: VirtualTime,
  options: { oneWayNs: number; serviceNs: number; onAnswer(answer: Answer): void },
): ModelledVerifier {
  const { oneWayNs, serviceNs, onAnswer } = options;
  const waiting: Speculation[] = [];
  const settled = { serviceNs: 0, requests: 0 };
  let isBusy = false;

  const answer = (given: Answer) => {
    time.at(time.nowNs() + oneWayNs, () => onAnswer(given));
  };
  const refuse = (requestId: number, reason: 'resync' | 'superseded' | 'overloaded') =>
    answer({ kind: 'refusal', refusal: { requestId, reason, detail: '' } });

  const serve = () => {
    const request = waiting.shift();
    isBusy = request !== undefined;
    if (request === undefined) return;
    const verdict = session.settle(request);
    settled.requests++;
    settled.serviceNs += serviceNs;
    time.at(time.nowNs() + serviceNs, () => {
      answer({ kind: 'verdict', verdict: { ...verdict, serviceNs } });
      serve();
    });
  };

  const arrive = (request: Speculation) => {
    if (session.update(request) === 'resync') {
      refuse(request.requestId, 'resync');
      return;
    }
    const older = waiting.findIndex(({ instrument }) => instrument === request.instrument);
    if (older >= 0) refuse(waiting.splice(older, 1)[0]!.requestId, 'superseded');
    if (waiting.length >= WAITING_MAX) {
      refuse(request.requestId, 'overloaded');
      return;
    }
    waiting.push(request);
    if (!isBusy) serve();
  };

  return {
    state: 'up',
    settled,
    send(request) {
      time.at(time.nowNs() + oneWayNs, () => arrive(request));
      return true;
    },
  };
}
