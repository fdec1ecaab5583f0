/** A feed as it was received, in lines: written while it is live, read again to the same ticks. */
import { OutriderError } from '#engine';
import { instrumentsText, readInstruments } from '../feed/instruments-text.ts';
import type { Instrument } from '../instrument.ts';
import { VENUE_NAMES, type VenueName } from '../venues/venue.ts';

/*
 *  receive time, Unix ns, 19 digits | space | JSON object or list as it was received
 *  receive time                     | space | {"outrider": ...}: what no message says
 *  first of all:                              {"outrider":{"kind":"feed", ...}}
 */

/** What is kept of a feed beside its messages. */
export type FeedNote =
  | { kind: 'feed'; venue: VenueName; instruments: Instrument[] }
  /** A connection is open: the venue's words begin anew. */
  | { kind: 'opened' }
  | { kind: 'closed'; reason: string }
  /** An answer over HTTP, to the snapshot of an instrument, by its index. */
  | { kind: 'answer'; instrument: number; text: string }
  /** A message that is no JSON, or is more than one line. */
  | { kind: 'text'; text: string };

export type RecordedLine =
  | { kind: 'message'; unixNs: bigint; text: string }
  | { kind: 'note'; unixNs: bigint; note: FeedNote };

const VERSION = 1;
const RECEIVE_DIGITS = 19;
const NOTE = '{"outrider":';

/** One line with its end. */
export function messageLine(unixNs: bigint, text: string): string {
  const isLine = /^[[{]/.test(text) && !text.includes('\n') && !text.startsWith(NOTE);
  return isLine ? `${unixNs} ${text}\n` : noteLine(unixNs, { kind: 'text', text });
}

export function noteLine(unixNs: bigint, note: FeedNote): string {
  const plain =
    note.kind === 'feed'
      ? { ...note, version: VERSION, instruments: JSON.parse(instrumentsText(note.instruments)) }
      : note;
  return `${unixNs} ${JSON.stringify({ outrider: plain })}\n`;
}

/**
 * Undefined for a line that is none of these.
 * @throws OutriderError `bad-data` for the begin of a feed that cannot be understood.
 */
export function readRecordedLine(line: string): RecordedLine | undefined {
  const digits = line.slice(0, RECEIVE_DIGITS);
  if (!/^\d{19}$/.test(digits) || line[RECEIVE_DIGITS] !== ' ') return undefined;
  const unixNs = BigInt(digits);
  const text = line.slice(RECEIVE_DIGITS + 1);
  if (!text.startsWith(NOTE)) return { kind: 'message', unixNs, text };
  const note = readNote(text);
  if (note === undefined) return undefined;
  if (note.kind === 'text') return { kind: 'message', unixNs, text: note.text };
  return { kind: 'note', unixNs, note };
}

type Said = Partial<Record<'kind' | 'venue' | 'version' | 'instruments', unknown>> &
  Partial<Record<'reason' | 'instrument' | 'text', unknown>>;

function readNote(json: string): FeedNote | undefined {
  const said = saidIn(json);
  const { reason, instrument, text } = said;
  switch (said.kind) {
    case 'feed':
      return readHead(said);
    case 'opened':
      return { kind: 'opened' };
    case 'closed':
      return typeof reason === 'string' ? { kind: 'closed', reason } : undefined;
    case 'answer':
      if (typeof text !== 'string' || !Number.isSafeInteger(instrument)) return undefined;
      return { kind: 'answer', instrument: instrument as number, text };
    case 'text':
      return typeof text === 'string' ? { kind: 'text', text } : undefined;
    default:
      return undefined;
  }
}

function saidIn(json: string): Said {
  try {
    const { outrider } = JSON.parse(json) as { outrider: unknown };
    return typeof outrider === 'object' && outrider !== null ? outrider : {};
  } catch {
    return {};
  }
}

function readHead({ venue, version, instruments }: Said): FeedNote {
  if (version !== VERSION) {
    throw new OutriderError(
      'bad-data',
      `a recorded feed of version ${version}; this program reads ${VERSION}`,
    );
  }
  const name = VENUE_NAMES.find(known => known === venue);
  if (name === undefined) {
    const known = VENUE_NAMES.join(', ');
    throw new OutriderError('bad-data', `a recorded feed of ${venue}; known are ${known}`);
  }
  return { kind: 'feed', venue: name, instruments: readInstruments(JSON.stringify(instruments)) };
}
