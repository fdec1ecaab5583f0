/** The 64 bytes of a tick in its topic, read without the product's codec. */

/** Prices in increments, times in nanoseconds since 1970. */
export type SeenTick = {
  readonly kind: 'quote' | 'other';
  readonly instrument: number;
  readonly exchangeTimeNs: bigint;
  readonly sequence: number;
  readonly bidIncrements: number;
  readonly askIncrements: number;
};

const TICK_BYTES = 64;
const QUOTE = 1;

/*
  byte 0: version << 4 | kind    2: instrument u16    8: exchange time i64    24: sequence i64
      32: first price f64       40: second price f64          all little endian
*/
export function seenTick(bytes: Buffer): SeenTick | undefined {
  if (bytes.length !== TICK_BYTES) return undefined;
  return {
    kind: (bytes.readUInt8(0) & 0x0f) === QUOTE ? 'quote' : 'other',
    instrument: bytes.readUInt16LE(2),
    exchangeTimeNs: bytes.readBigInt64LE(8),
    sequence: Number(bytes.readBigInt64LE(24)),
    bidIncrements: bytes.readDoubleLE(32),
    askIncrements: bytes.readDoubleLE(40),
  };
}
