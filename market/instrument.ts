/** Reference data of one instrument: what its integers mean in prices, quantities and money. */

export type Instrument = {
  /** Name used everywhere in the product, upper case: `EURUSD`. */
  symbol: string;
  /** Name at the venue (FIX tag 55): `EUR/USD`. */
  venueSymbol: string;
  /** Price of one increment as an exact decimal, `0.00001`. */
  priceIncrement: string;
  /** Decimals of a price in increments. */
  priceDecimals: number;
  /** Quantity of one lot as an exact decimal, `1000` or `0.001`: orders are whole lots. */
  lotSize: string;
  /** Units of the underlying in one unit of quantity (1 for cash instruments, 100 for GC). */
  multiplier: number;
  baseCurrency: string;
  quoteCurrency: string;
  calendar: 'fx-week' | 'us-equity' | 'cme-globex' | 'always';
  /** Zone of the recorded times, IANA name or fixed offset; `--time-zone` overrides. */
  timeZone: string;
  /** Fee per million of traded value in the quote currency, an integer number of millionths. */
  feePerMillion: number;
  /** First and last day this row holds, ISO dates. */
  validFrom: string;
  validTo: string;
  /** True where the row was inferred from the recording, not read from the reference file. */
  inferred: boolean;
};
