/** Rings of times in the flat memory, ascending from `first` on, over the end to the beginning. */
import { RING } from './scope-layout.ts';

/** Forgets the times at `untilNs` and before. */
export function forget(memory: Float64Array, ring: number, untilNs: number): void {
  const capacity = memory[ring + RING.capacity]!;
  const at = memory[ring + RING.at]!;
  let first = memory[ring + RING.first]!;
  let count = memory[ring + RING.count]!;
  while (count > 0 && memory[at + first]! <= untilNs) {
    first = first + 1 === capacity ? 0 : first + 1;
    count--;
  }
  memory[ring + RING.first] = first;
  memory[ring + RING.count] = count;
}

/** In a full ring the oldest makes room. */
export function push(memory: Float64Array, ring: number, timeNs: number): void {
  const capacity = memory[ring + RING.capacity]!;
  const first = memory[ring + RING.first]!;
  const count = memory[ring + RING.count]!;
  memory[memory[ring + RING.at]! + ((first + count) % capacity)] = timeNs;
  if (count === capacity) memory[ring + RING.first] = (first + 1) % capacity;
  else memory[ring + RING.count] = count + 1;
}

export function empty(memory: Float64Array, ring: number): void {
  memory[ring + RING.first] = 0;
  memory[ring + RING.count] = 0;
}
