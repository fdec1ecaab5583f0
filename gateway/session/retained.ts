/** The latest application messages by number: adding one beyond the bound forgets the oldest. */
import { invariant } from '#engine';

export type Retained<Value> = {
  /** All there is to know of it, for a snapshot; `oldest` is its place once the ring is full. */
  readonly data: { numbers: number[]; values: Value[]; oldest: number };
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
  const data: Retained<Value>['data'] = { numbers: [], values: [], oldest: 0 };

  const place = (index: number) => (data.oldest + index) % data.numbers.length;

  /** Index, counted from the oldest, of the first number not below `from`. */
  const firstFrom = (from: number): number => {
    const { numbers } = data;
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
    data,
    add(msgSeqNum, value) {
      const { numbers, values, oldest } = data;
      if (numbers.length < valuesMax) {
        numbers.push(msgSeqNum);
        values.push(value);
        return;
      }
      numbers[oldest] = msgSeqNum;
      values[oldest] = value;
      data.oldest = (oldest + 1) % valuesMax;
    },
    oldest: () => data.values[data.oldest],
    *range(from, to) {
      const { numbers, values } = data;
      for (let index = firstFrom(from); index < numbers.length; index++) {
        const at = place(index);
        if (numbers[at]! > to) return;
        yield [numbers[at]!, values[at]!];
      }
    },
    clear() {
      data.numbers = [];
      data.values = [];
      data.oldest = 0;
    },
  };
}
