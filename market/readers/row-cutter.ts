/** Cuts a stream of bytes into rows without copying them, whatever the sizes of its chunks. */

/** Gets each row as `bytes[start, end)` without its line end; the bytes stay unchanged. */
export type RowTaker = {
  row(bytes: Uint8Array, start: number, end: number): void;
  /** A row longer than is read, or one cut off by damage. */
  unreadable(): void;
};

export type RowCutter = {
  push(chunk: Buffer): void;
  /** The stream is complete: what is left is the last row. */
  end(): void;
  /** The stream broke off: what is left is part of a row and not to be trusted. */
  abandon(): void;
};

/** The longest row read unless told otherwise; longer ones are counted and skipped. */
export const ROW_BYTES_MAX = 256;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export function rowCutter(taker: RowTaker, rowBytesMax = ROW_BYTES_MAX): RowCutter {
  /** The part of a row in the chunks before; once too long only the fact is kept. */
  let rest: Buffer = Buffer.alloc(0);
  let tooLong = false;

  const take = (bytes: Buffer, start: number, end: number) => {
    if (end - start > rowBytesMax) taker.unreadable();
    else taker.row(bytes, start, end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
  };
  const keep = (bytes: Buffer) => {
    tooLong = tooLong || rest.length + bytes.length > rowBytesMax;
    rest = tooLong ? Buffer.alloc(0) : Buffer.concat([rest, bytes]);
  };
  const takeRest = () => {
    if (tooLong) taker.unreadable();
    else take(rest, 0, rest.length);
    rest = Buffer.alloc(0);
    tooLong = false;
  };

  return {
    push(chunk) {
      let start = 0;
      let end = chunk.indexOf(LINE_FEED);
      if (end >= 0 && (rest.length > 0 || tooLong)) {
        keep(chunk.subarray(0, end));
        takeRest();
        start = end + 1;
        end = chunk.indexOf(LINE_FEED, start);
      }
      for (; end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
        take(chunk, start, end);
        start = end + 1;
      }
      if (start < chunk.length) keep(chunk.subarray(start));
    },
    end() {
      if (rest.length > 0 || tooLong) takeRest();
    },
    abandon() {
      if (rest.length > 0 || tooLong) taker.unreadable();
      rest = Buffer.alloc(0);
      tooLong = false;
    },
  };
}
