/** The latest application messages by number: adding one beyond the bound forgets the oldest. */
import { invariant } from '#engine';

export type Retained<Value> = {
  /** Numbers only grow. */
  add(msgSeqNum: number, value: Value): void;
  /** The value that is held longest. */
  oldest(): Value | undefined;
  /** What is held in [from, to], ascending. */
  range(from: number, to: number): Iterable<readonly [number, Value]>;
  clear(): void;
};

/** A ring of `valuesMax` entries, searched by halving since administrative numbers are left out. */
export function createRetained<Value>(valuesMax: number): Retained<Value> {
  invariant(Number.isSafeInteger(valuesMax) && valuesMax > 0, 'a store keeps at least one message');
  let numbers: number[] = [];
  let values: Value[] = [];
  /** Place of the oldest entry once the ring is full. */
  let oldest = 0;

  const place = (index: number) => (oldest + index) % numbers.length;

  /** Index, counted from the oldest, of the first number not below `from`. */
  const firstFrom = (from: number): number => {
    let low = 0;
    let high = numbers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[place(middle)]! < from) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    add(msgSeqNum, value) {
      if (numbers.length < valuesMax) {
        numbers.push(msgSeqNum);
        values.push(value);
        return;
      }
      numbers[oldest] = msgSeqNum;
      values[oldest] = value;
      oldest = (oldest + 1) % valuesMax;
    },
    oldest: () => values[oldest],
    *range(from, to) {
      for (let index = firstFrom(from); index < numbers.length; index++) {
        const at = place(index);
        if (numbers[at]! > to) return;
        yield [numbers[at]!, values[at]!];
      }
    },
    clear() {
      numbers = [];
      values = [];
      oldest = 0;
    },
  };
}
