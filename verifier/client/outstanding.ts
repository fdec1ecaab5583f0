/** The requests an edge waits for, against which every answer is held. */

import { badFrame } from '#engine';
import type { Speculation, Verdict } from '../protocol/speculation.ts';

export type Outstanding = {
  add(request: Speculation): void;
  /** Throws `bad-frame` unless the request waits; it waits no longer. */
  settle(requestId: number): Speculation;
  readonly count: number;
};

export function createOutstanding(): Outstanding {
  const requests = new Map<number, Speculation>();
  return {
    add(request) {
      requests.set(request.requestId, request);
    },
    settle(requestId) {
      const request = requests.get(requestId);
      if (request === undefined) {
        throw badFrame(`requestId is ${requestId}`, 'answer each request once');
      }
      requests.delete(requestId);
      return request;
    },
    get count() {
      return requests.size;
    },
  };
}

/** Throws `bad-frame` naming the field in which a verdict answers something that was not asked. */
export function checkVerdict(verdict: Verdict, request: Speculation): void {
  for (const field of ['instrument', 'epoch', 'moveIndex', 'identity'] as const) {
    if (verdict[field] === request[field]) continue;
    const remedy = `request ${request.requestId} has ${request[field]}`;
    throw badFrame(`${field} of a verdict is ${verdict[field]}`, remedy);
  }
  const asked = [...(request.wantsPresent ? [undefined] : []), ...request.branches];
  const settled = verdict.contexts.map(({ branch }) => branch);
  if (settled.length === asked.length && settled.every((branch, at) => branch === asked[at]))
    return;
  const shown = settled.map(branch => branch ?? 'present').join(',');
  throw badFrame(`contexts of a verdict are ${shown}`, 'settle those asked for, in their order');
}
