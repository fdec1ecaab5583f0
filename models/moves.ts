/** Ticks to moves: each with its token and code, in the epochs that a run would see. */
import { appendMove, createContext, openEpoch, scaleCode } from '#law';
import { type Instrument, midHalfIncrements, sessionNumber, sessionsOf, type Tick } from '#market';

export type MoveSource = {
  originNs: bigint;
  instruments: readonly Instrument[];
  ticks: AsyncIterable<Tick[]>;
};

export type Move = {
  /** Index into the source's instruments. */
  instrument: number;
  epoch: number;
  timeNs: number;
  halfIncrements: number;
  token: number;
  /** The scale code it was coded under. */
  code: number;
};

/** Calls `onMove` with each move in the order of the ticks. */
export async function eachMove(source: MoveSource, onMove: (move: Move) => void): Promise<void> {
  const states = source.instruments.map(({ symbol, calendar }) => ({
    context: createContext(symbol, 1),
    sessions: sessionsOf(calendar, source.originNs),
    session: undefined as number | undefined,
    mid: 0,
  }));
  for await (const batch of source.ticks) {
    for (const tick of batch) {
      if (tick.kind !== 'quote') continue;
      const { instrument, exchangeTimeNs: timeNs } = tick;
      const state = states[instrument]!;
      const session = sessionNumber(state.sessions, timeNs);
      const mid = midHalfIncrements(tick);
      if (session !== state.session) {
        if (state.session !== undefined) openEpoch(state.context, state.context.epoch + 1);
        state.session = session;
      } else if (mid !== state.mid) {
        const halfIncrements = mid - state.mid;
        const code = scaleCode(state.context.scale);
        const token = appendMove(state.context, halfIncrements);
        onMove({ instrument, epoch: state.context.epoch, timeNs, halfIncrements, token, code });
      }
      state.mid = mid;
    }
  }
}
