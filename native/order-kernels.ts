/** What every implementation of the order encoder offers, over bound memory. */

/** An instrument on the wire. */
export type OrderUnits = {
  /** Symbol (55), a byte a character. */
  readonly symbol: Uint8Array;
  /** Units of 10^-lotDecimals in a lot. */
  readonly unitsPerLot: number;
  readonly lotDecimals: number;
  /** Units of 10^-priceDecimals in a price increment. */
  readonly unitsPerIncrement: number;
  readonly priceDecimals: number;
};

/** What the encoder reads and writes, in place; names and units are copied. */
export type OrderEncoderBuffers = {
  /** SenderCompID (49) and TargetCompID (56), a byte a character. */
  readonly sender: Uint8Array;
  readonly target: Uint8Array;
  readonly instruments: readonly OrderUnits[];
  /** One order, as native/order-layout.ts names its values. */
  readonly order: Float64Array;
  /** Written: ORDER_BYTES_MAX for each template; nobody else may write here. */
  readonly memory: Uint8Array;
};

/**
 * Writes the message of the bound order into its template's place and returns its length: 0 where
 * a value cannot be written.
 */
export type EncodeOrder = () => number;

export type OrderKernels = {
  bindOrderEncoder(buffers: OrderEncoderBuffers): EncodeOrder;
};
