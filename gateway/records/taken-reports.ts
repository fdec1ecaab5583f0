/** The reports that a gateway took from its venues, in the order it took them, out of its log. */
import type { Nanoseconds } from '#engine';
import { clearGatewayEffects, createGatewayEffects } from '../effects.ts';
import type { GatewayEvent } from '../event.ts';
import { decodeMessage } from '../fix/codec.ts';
import { createFramer } from '../fix/framer.ts';
import { type FixView, fieldText, parseMessage } from '../fix/parse.ts';
import { Tag } from '../fix/tag.ts';
import type { GatewayReplay } from '../gateway.ts';

/** An ExecutionReport (8) or an OrderCancelReject (9). */
export type TakenReport = {
  /** From 1 on over all venues: where it stands in the log, and nothing else, says it. */
  count: number;
  /** Time of the record with which the session took it: later than it came, behind a gap. */
  timeNs: Nanoseconds;
  view: FixView;
};

/**
 * Steps records and gives what each made the gateway take: the session's own number says which of
 * the messages that came it has taken, so nothing that it dropped or refused is there.
 */
export function takenReports(replay: GatewayReplay): (event: GatewayEvent) => TakenReport[] {
  const { venues } = replay.state;
  const effects = createGatewayEffects();
  let came: FixView[] = [];
  let count = 0;
  const framers = venues.map(() => createFramer({ onMessage: add, onGarbage() {} }));
  /** By venue and number, what came and is not taken yet; bounded as the session's own queue. */
  const waiting = venues.map(() => new Map<number, FixView>());
  return event => {
    const before = venues.map(({ store }) => store.nextTargetSeq());
    came = [];
    if (event.kind === 'connected') {
      framers[event.venue]?.reset();
      waiting[event.venue]?.clear();
    }
    if (event.kind === 'inbound') framers[event.venue]?.push(event.bytes);
    replay.step(event, effects);
    clearGatewayEffects(effects);
    const taken: TakenReport[] = [];
    for (const [at, { store }] of venues.entries()) {
      const isHere = event.kind === 'inbound' && event.venue === at;
      const from = note(waiting[at]!, isHere ? came : [], before[at]!);
      for (const view of takeThrough(waiting[at]!, from, store.nextTargetSeq())) {
        taken.push({ count: ++count, timeNs: event.timeNs, view });
      }
    }
    return taken;
  };

  function add(bytes: Buffer): void {
    const view = parseMessage(bytes);
    if (view.kind === 'view') came.push(view);
  }
}

/** Keeps what came by its number; gives the first number that was expected then. */
function note(waiting: Map<number, FixView>, came: readonly FixView[], expected: number): number {
  let from = expected;
  for (const view of came) {
    if (fieldText(view, Tag.resetSeqNumFlag) === 'Y' && view.msgType === 'A') {
      waiting.clear();
      from = 1;
    }
    if (view.msgSeqNum >= from) waiting.set(view.msgSeqNum, view);
  }
  return from;
}

function* takeThrough(
  waiting: Map<number, FixView>,
  from: number,
  next: number,
): Generator<FixView> {
  if (waiting.size === 0) return;
  const numbers = [...waiting.keys()].filter(number => number >= from && number < next);
  for (const number of numbers.sort((one, other) => one - other)) {
    const view = waiting.get(number);
    waiting.delete(number);
    if (view !== undefined && isReport(view)) yield view;
  }
}

/** One that cannot be read is rejected by the session, though its number counts. */
function isReport(view: FixView): boolean {
  if (view.msgType !== '8' && view.msgType !== '9') return false;
  return view.problem === undefined && decodeMessage(view).message !== undefined;
}
