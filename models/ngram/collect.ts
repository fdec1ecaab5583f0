/** Ticks to training sequences: the tokens, codes and times of each epoch of each instrument. */
import { appendMove, createContext, openEpoch, scaleCode } from '#law';
import { type Instrument, midHalfIncrements, sessionNumber, type Tick } from '#market';
import type { MoveSequence } from './train.ts';

/** Moves of one sequence; a longer epoch is cut, which loses the contexts across the cut. */
const SEQUENCE_MOVES_MAX = 1 << 16;

type Growing = {
  context: ReturnType<typeof createContext>;
  session: number | undefined;
  mid: number;
  length: number;
  tokens: Uint8Array;
  codes: Uint8Array;
  timesNs: Float64Array;
};

/** Calls `onSequence` with each finished stretch, whose arrays may be read until it returns. */
export async function collectSequences(
  source: { originNs: bigint; instruments: readonly Instrument[]; ticks: AsyncIterable<Tick[]> },
  onSequence: (sequence: MoveSequence, instrument: Instrument) => void,
): Promise<{ moves: number }> {
  const growing = source.instruments.map(startGrowing);
  let moves = 0;
  const finish = (index: number) => {
    const { tokens, codes, timesNs, length } = growing[index]!;
    growing[index]!.length = 0;
    if (length === 0) return;
    moves += length;
    const sequence = {
      tokens: tokens.subarray(0, length),
      codes: codes.subarray(0, length),
      timesNs: timesNs.subarray(0, length),
    };
    onSequence(sequence, source.instruments[index]!);
  };
  for await (const batch of source.ticks) {
    for (const tick of batch) {
      if (tick.kind !== 'quote') continue;
      const state = growing[tick.instrument]!;
      const { calendar } = source.instruments[tick.instrument]!;
      const session = sessionNumber(calendar, source.originNs, tick.exchangeTimeNs);
      const mid = midHalfIncrements(tick);
      if (session !== state.session) {
        finish(tick.instrument);
        openEpoch(state.context, state.context.epoch + 1);
        state.session = session;
      } else if (mid !== state.mid) {
        if (state.length === SEQUENCE_MOVES_MAX) finish(tick.instrument);
        grow(state, mid - state.mid, tick.exchangeTimeNs);
      }
      state.mid = mid;
    }
  }
  for (const index of growing.keys()) finish(index);
  return { moves };
}

function startGrowing({ symbol }: Instrument): Growing {
  return {
    context: createContext(symbol, 1),
    session: undefined,
    mid: 0,
    length: 0,
    tokens: new Uint8Array(SEQUENCE_MOVES_MAX),
    codes: new Uint8Array(SEQUENCE_MOVES_MAX),
    timesNs: new Float64Array(SEQUENCE_MOVES_MAX),
  };
}

function grow(state: Growing, moveHalfIncrements: number, timeNs: number): void {
  state.codes[state.length] = scaleCode(state.context.scale);
  state.tokens[state.length] = appendMove(state.context, moveHalfIncrements);
  state.timesNs[state.length] = timeNs;
  state.length++;
}
