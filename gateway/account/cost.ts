/** Average cost: what the open lots were paid with, and so what is realised and what is not. */

/** Long above 0; the cost has the sign of the lots, in 10^-9 of the quote currency. */
export type OpenLots = { lots: number; costNanos: bigint };

/**
 * The open lots after a fill of so much value. Closing takes the closed share of the cost, rounded
 * towards zero, and leaves the rest to what stays open; so realised and unrealised profit always
 * add up to the whole. A fill through zero closes everything and opens the rest at its own price.
 */
export function openAfter(
  { lots, costNanos }: OpenLots,
  fill: { side: 1 | -1; lots: number; valueNanos: bigint },
): OpenLots {
  const after = lots + fill.side * fill.lots;
  const held = Math.abs(lots);
  if (lots * fill.side >= 0) return { lots: after, costNanos: costNanos + signed(fill) };
  if (fill.lots <= held) {
    const closed = (costNanos * BigInt(fill.lots)) / BigInt(held);
    return { lots: after, costNanos: costNanos - closed };
  }
  const opened = (fill.valueNanos * BigInt(fill.lots - held)) / BigInt(fill.lots);
  return { lots: after, costNanos: BigInt(fill.side) * opened };
}

const signed = ({ side, valueNanos }: { side: 1 | -1; valueNanos: bigint }) =>
  BigInt(side) * valueNanos;
