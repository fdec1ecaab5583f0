/** A venue's own quotes, from the feed of `outrider venue`: told to the gateway as that venue's. */
import { type Clock, SECOND_NS, type TimerHandle, type Timers } from '#engine';
import {
  type GatewayConfig,
  type MarketQuote,
  quoteFeed,
  quoteIntervals,
  symbolAt,
} from '#gateway';
import { connectFeed, type FeedSubscription, type Instrument, type Tick } from '#market';
import type { Address } from '../commands/address.ts';

export type VenueFeedFollower = { close(): void };

export type VenueFeedPorts = {
  config: Pick<GatewayConfig, 'instruments' | 'strategies' | 'venues'>;
  /** Index of the venue in the configuration. */
  venue: number;
  clock: Clock;
  timers: Timers;
  onQuote(quote: MarketQuote): void;
  onProblem(text: string): void;
};

/** Before a feed that could not be had is asked for anew. */
const AGAIN_NS = SECOND_NS;
const PATIENCE_NS = { first: 5 * SECOND_NS, lost: Number.POSITIVE_INFINITY };

/**
 * As often as strategies ask for quotes, until `close`. A feed that is lost is told once, and so is
 * its return; meanwhile the venue's quotes grow old, and the router leaves it alone.
 */
export function followVenueFeed(address: Address, ports: VenueFeedPorts): VenueFeedFollower {
  const { config, venue, clock, timers } = ports;
  const { name } = config.venues[venue]!;
  const tell = (text: string) => ports.onProblem(`${name}: ${text}`);
  const quotes = quoteFeed({ clock, timers, send: quote => ports.onQuote({ ...quote, venue }) });
  quotes.subscribe(quoteIntervals(config));
  let subscription: FeedSubscription | undefined;
  let again: TimerHandle | undefined;
  let isMissing = false;
  const open = () => {
    let ours: (number | undefined)[] = [];
    subscription = connectFeed({
      ...{ ...address, clock, timers, patienceNs: PATIENCE_NS },
      onHello({ instruments }) {
        if (isMissing) tell('its feed is there');
        isMissing = false;
        ours = instrumentsAt(ports, instruments, tell);
      },
      onBatch: (ticks, injectedNs) => quotes.onTicks(ticksOf(ticks, ours), injectedNs),
      onGap: () => tell('its feed is back'),
      onProblem: tell,
      onEnd(error) {
        if (error === undefined) return tell('its feed is over');
        if (!isMissing) tell(error.message);
        isMissing = true;
        again = timers.at(clock.nowNs() + AGAIN_NS, open);
      },
    });
    subscription.subscribe();
  };
  open();
  return {
    close() {
      again?.cancel();
      subscription?.close();
      quotes.close();
    },
  };
}

/** Our index of each instrument of the feed; of those that we trade, and in the same units. */
function instrumentsAt(
  { config, venue }: VenueFeedPorts,
  theirs: readonly Instrument[],
  tell: (text: string) => void,
): (number | undefined)[] {
  const terms = config.venues[venue]!;
  for (const own of config.instruments) {
    const symbol = symbolAt(terms, own);
    const their = theirs.find(({ venueSymbol }) => venueSymbol === symbol);
    if (their === undefined) tell(`its feed has no quotes of ${symbol}`);
    else if (!hasSameUnits(own, their)) tell(`its feed has ${symbol} in other increments or lots`);
  }
  return theirs.map(their => {
    const at = config.instruments.findIndex(own => symbolAt(terms, own) === their.venueSymbol);
    return at >= 0 && hasSameUnits(config.instruments[at]!, their) ? at : undefined;
  });
}

const hasSameUnits = (own: Instrument, their: Instrument): boolean =>
  own.priceIncrement === their.priceIncrement && own.lotSize === their.lotSize;

function ticksOf(ticks: readonly Tick[], ours: readonly (number | undefined)[]): Tick[] {
  return ticks.flatMap(tick => {
    const instrument = ours[tick.instrument];
    return instrument === undefined ? [] : [{ ...tick, instrument }];
  });
}
