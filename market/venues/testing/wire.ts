/** A recorded session as an exchange of today: what it sends, and what it answers to a client. */
import type { Instrument } from '../../instrument.ts';
import type { Venue } from '../venue.ts';
import type { Oracle } from './oracle.ts';

export type Wire = {
  venue: Venue;
  instruments: Instrument[];
  messages: WireMessage[];
  /** What is said to a client that sent this; snapshots are those of the oracle. */
  answer(text: string, oracle: Oracle): string[];
  /** HTTP; undefined where nothing is there. */
  rest?(path: string, oracle: Oracle): string | undefined;
};

export type WireMessage = {
  text: string;
  symbol: string;
  kind: 'snapshot' | 'update' | 'trade' | 'other';
  /** What it changes at the exchange. */
  apply(oracle: Oracle): void;
};

export const unit = (decimals: number) =>
  decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`;

export const nothing = () => {};
