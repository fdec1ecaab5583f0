/** Venues of a desk file: where each is, its FIX session, and what orders it takes. */
import { z } from 'zod';
import { SECOND_NS } from '#engine';
import { ORDER_TYPES, TIMES_IN_FORCE } from '../order/terms.ts';
import type { VenueTerms } from '../venue-terms.ts';
import { namedList, nameSchema } from './names.ts';
import { venueSessionSchema, venueSessionTerms } from './venue-session.ts';

/** Of one gateway. */
export const VENUES_MAX = 16;

/** CompIDs and symbols, as a FIX message can hold them. */
const fixText = z.string().regex(/^[\x21-\x7e]{1,64}$/, 'give 1 to 64 printable ASCII characters');
const path = z.string().min(1).max(4096);
const address = z.string().regex(/^.+:\d{1,5}$/, 'give HOST:PORT');
const perMillion = z.int().min(-1_000_000).max(1_000_000);

const venueSchema = z.strictObject({
  name: nameSchema,
  /** HOST:PORT of its FIX acceptor; one venue may leave it to `--venue`. */
  address: address.optional(),
  /** HOST:PORT of its own quotes, by the protocol of `outrider venue --feed`. */
  feed: address.optional(),
  /** PEM files: TLS, with a certificate of ours where it asks for one. */
  tls: z
    .strictObject({
      ...{ authorities: path.optional(), certificate: path.optional(), key: path.optional() },
    })
    .optional(),
  senderCompId: fixText,
  targetCompId: fixText,
  heartbeatSeconds: z.int().min(0).max(3600).default(30),
  session: venueSessionSchema.prefault({}),
  /** Symbol (55) by our own symbol. */
  symbols: z.record(z.string().min(1).max(64), fixText).default({}),
  orderTypes: z.array(z.enum(ORDER_TYPES)).min(1).default(['limit']),
  timesInForce: z.array(z.enum(TIMES_IN_FORCE)).min(1).default(['day']),
  postOnly: z.boolean().default(false),
  massStatus: z.boolean().default(false),
  massCancel: z.boolean().default(false),
  dontKnowTrade: z.boolean().default(false),
  /** Of the value traded, in millionths; a rebate is below 0. */
  feePerMillion: z.strictObject({ maker: perMillion, taker: perMillion }).optional(),
});

export const venuesSchema = namedList(venueSchema, VENUES_MAX);

export type DeskVenue = z.output<typeof venueSchema>;

/** Throws `bad-config` for hours of a session that cannot be. */
export function venueTerms(venue: DeskVenue): VenueTerms {
  const { name, senderCompId, targetCompId, symbols, orderTypes, timesInForce } = venue;
  return {
    ...{ name, senderCompId, targetCompId, symbols, orderTypes, timesInForce },
    heartbeatNs: venue.heartbeatSeconds * SECOND_NS,
    session: venueSessionTerms(venue.session, `venues ${name}: session`),
    hasPostOnly: venue.postOnly,
    hasMassStatus: venue.massStatus,
    hasMassCancel: venue.massCancel,
    hasFeed: venue.feed !== undefined,
    hasDontKnowTrade: venue.dontKnowTrade,
    feePerMillion: venue.feePerMillion,
  };
}
