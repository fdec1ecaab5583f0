/** Ticks to training sequences: the tokens, codes and times of each epoch of each instrument. */
import type { Instrument } from '#market';
import { eachMove, type MoveSource } from '../moves.ts';
import type { MoveSequence } from './train.ts';

/** Moves of one sequence; a longer epoch is cut, which loses the contexts across the cut. */
const SEQUENCE_MOVES_MAX = 1 << 16;

/** Calls `onSequence` with each finished stretch, whose arrays may be read until it returns. */
export async function collectSequences(
  source: MoveSource,
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
  await eachMove(source, ({ instrument, epoch, timeNs, token, code }) => {
    const state = growing[instrument]!;
    if (epoch !== state.epoch || state.length === SEQUENCE_MOVES_MAX) finish(instrument);
    state.epoch = epoch;
    state.tokens[state.length] = token;
    state.codes[state.length] = code;
    state.timesNs[state.length] = timeNs;
    state.length++;
  });
  for (const index of growing.keys()) finish(index);
  return { moves };
}

function startGrowing() {
  return {
    epoch: 0,
    length: 0,
    tokens: new Uint8Array(SEQUENCE_MOVES_MAX),
    codes: new Uint8Array(SEQUENCE_MOVES_MAX),
    timesNs: new Float64Array(SEQUENCE_MOVES_MAX),
  };
}
