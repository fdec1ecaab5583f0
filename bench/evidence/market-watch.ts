/** The market of one instrument as its quotes alone show it: mids, epochs, clipped moves. */
import type { Nanoseconds } from '#engine';
import { type Context, isClipped, SCALE_START, scaleCode, scaleStep, tokenOf } from '#law';
import {
  type Instrument,
  midHalfIncrements,
  type Quote,
  type Sessions,
  sessionNumber,
  sessionsOf,
} from '#market';
import { createMoveHistory, type MoveHistory } from './move-history.ts';

/** Fields that a source may be unable to give. */
const OPTIONAL_FIELDS = ['receiveTimeNs', 'bidLots', 'askLots'] as const;

/** A point between two moves: the epoch, and the changes of the mid so far. */
export type MarketPlace = { epoch: number; count: number };

/** It needs no edge, so it may hear of a quote before the edge does or after. */
export type MarketWatch = {
  readonly history: MoveHistory;
  readonly epoch: number;
  show(quote: Quote): void;
  /** The feed was lost: the next quote begins a new epoch, as a new session does. */
  gap(): void;
  /** Where an edge's context stands; undefined where the quotes shown do not lead there. */
  placeOf(context: Context): MarketPlace | undefined;
  summary(): { moves: number; clipped: number; epochs: number; masked: string[] };
};

export function createMarketWatch(
  { calendar }: Pick<Instrument, 'calendar'>,
  originNs: () => bigint,
): MarketWatch {
  const history = createMoveHistory();
  const seen = new Set<string>();
  let sessions: Sessions | undefined;
  /** Undefined before the first quote of all, and after a gap. */
  let session: number | undefined;
  let epoch = 0;
  /** Changes of the mid when the epoch began. */
  let epochStart = 0;
  let scale = SCALE_START;
  const counts = { moves: 0, clipped: 0 };

  const begins = (timeNs: Nanoseconds) => {
    sessions ??= sessionsOf(calendar, originNs());
    const number = sessionNumber(sessions, timeNs);
    if (number === session) return false;
    if (session !== undefined) epoch++;
    session = number;
    return true;
  };
  const noteMove = (move: number) => {
    const code = scaleCode(scale);
    if (isClipped(move, code)) counts.clipped++;
    scale = scaleStep(scale, code, tokenOf(move, code));
    counts.moves++;
  };

  return {
    history,
    get epoch() {
      return epoch;
    },
    show(quote) {
      for (const field of OPTIONAL_FIELDS) if (quote[field] !== undefined) seen.add(field);
      const move = history.show(midHalfIncrements(quote));
      if (begins(quote.exchangeTimeNs)) {
        epochStart = history.count;
      } else if (move !== 0) {
        noteMove(move);
      }
    },
    gap() {
      if (session !== undefined) epoch++;
      session = undefined;
    },
    placeOf(context) {
      const count = epochStart + context.moveIndex;
      return context.epoch === epoch && count <= history.count ? { epoch, count } : undefined;
    },
    summary: () => ({
      ...counts,
      epochs: epoch + 1,
      masked: OPTIONAL_FIELDS.filter(field => !seen.has(field)),
    }),
  };
}
