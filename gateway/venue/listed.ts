/** An instrument as a venue lists it: with its units on the wire. */
import type { Instrument } from '#market';
import type { WireUnits } from '../order/quantity.ts';

export type Listed = Instrument & { units: WireUnits };
