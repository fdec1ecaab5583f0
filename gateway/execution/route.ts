/**
 * The router: which venues get how much. Costs are whole numbers, in millionths of an increment:
 *
 *     taking  price * 10^6 + side * |price| * (taker fee + penalty)      lower for a buy is better
 *     resting                                  maker fee + penalty       at the best near touch
 *     penalty = miss share * missPerMillion + latency in ms * latencyPerMillion
 */
import { MILLISECOND_NS, type Nanoseconds } from '#engine';
import type { Side } from '../order/terms.ts';
import { type FillHistory, latencyAt, missAt, WHOLE_Q16 } from './fill-history.ts';
import type { Touch } from './market.ts';
import type { RouterPolicy } from './policy.ts';
import { beyond, farLots, farTouch, nearTouch } from './price.ts';
import { wholeQuotient } from './whole-quotient.ts';

/** A venue as the router sees it for one instrument. */
export type RouterVenue = {
  touch: Touch | undefined;
  /** Logged on, within its hours, and not halted. */
  isOpen: boolean;
  /** It has limit orders for the day, and such as do not rest. */
  hasDay: boolean;
  hasIoc: boolean;
  hasPostOnly: boolean;
  makerPerMillion: number;
  takerPerMillion: number;
  history: FillHistory;
};

export type RouteQuestion = {
  side: Side;
  lots: number;
  limitIncrements: number;
  venues: readonly RouterVenue[];
  policy: RouterPolicy;
  nowNs: Nanoseconds;
};

export type Route = { venue: number; lots: number };

const MILLION = 1_000_000;
/** A latency beyond a minute is no worse. */
const LATENCY_MS_MAX = 60_000;

/**
 * An order that takes: the cheapest venue first, each up to what it shows, none beyond the limit.
 * A venue that shows no size takes all that is left. The sum is at most `lots`.
 */
export function routeTaking(question: RouteQuestion): Route[] {
  const { venues, side, limitIncrements } = question;
  const open = [...venues.keys()].filter(venue => {
    const { touch, hasDay, hasIoc } = venues[venue]!;
    if (!isUsable(question, venue) || !(hasDay || hasIoc)) return false;
    return beyond(farTouch(touch!, side), limitIncrements, side) <= 0;
  });
  const costs = new Map(open.map(venue => [venue, takingCost(question, venue)]));
  open.sort((a, b) => side * (costs.get(a)! - costs.get(b)!) || a - b);
  const routes: Route[] = [];
  let rest = question.lots;
  for (const venue of open) {
    const shownLots = farLots(venues[venue]!.touch!, side) || rest;
    const lots = Math.min(rest, shownLots);
    if (lots > 0) routes.push({ venue, lots });
    rest -= lots;
  }
  return routes;
}

/**
 * One venue for an order that rests: the best near touch, then the lowest cost, then the index.
 * `current` keeps it while no other has a better touch or gains more than `switchPerMillion`, and
 * while its own quote is too old to say.
 */
export function routeResting(question: RouteQuestion, current: number | undefined) {
  const { venues, side, policy } = question;
  const open = [...venues.keys()].filter(
    venue => isUsable(question, venue) && venues[venue]!.hasDay,
  );
  const touchOf = (venue: number) => side * nearTouch(venues[venue]!.touch!, side);
  const costs = new Map(open.map(venue => [venue, restingCost(question, venue)]));
  open.sort((a, b) => touchOf(b) - touchOf(a) || costs.get(a)! - costs.get(b)! || a - b);
  const [best] = open;
  if (current === undefined || !venues[current]!.isOpen) return best;
  if (best === undefined || !open.includes(current)) return current;
  const isWorse = touchOf(best) > touchOf(current);
  const gain = costs.get(current)! - costs.get(best)!;
  return isWorse || gain > policy.switchPerMillion ? best : current;
}

function isUsable({ venues, policy, nowNs }: RouteQuestion, venue: number): boolean {
  const { isOpen, touch } = venues[venue]!;
  return isOpen && touch !== undefined && nowNs - touch.tickTimeNs <= policy.quoteAgeNs;
}

function takingCost(question: RouteQuestion, venue: number): number {
  const { side, venues } = question;
  const { touch, takerPerMillion } = venues[venue]!;
  const price = farTouch(touch!, side);
  const perMillion = takerPerMillion + penaltyPerMillion(question, venue);
  return price * MILLION + side * Math.abs(price) * perMillion;
}

function restingCost(question: RouteQuestion, venue: number): number {
  return question.venues[venue]!.makerPerMillion + penaltyPerMillion(question, venue);
}

function penaltyPerMillion({ venues, policy, nowNs }: RouteQuestion, venue: number): number {
  const { history } = venues[venue]!;
  const { missPerMillion, latencyPerMillion, halfLifeNs } = policy;
  const miss = missAt(history, { nowNs, halfLifeNs }) * missPerMillion;
  const latencyMs = wholeQuotient(latencyAt(history, { nowNs, halfLifeNs }), MILLISECOND_NS);
  return wholeQuotient(miss, WHOLE_Q16) + Math.min(LATENCY_MS_MAX, latencyMs) * latencyPerMillion;
}
