/** A binary heap in an array: the item that stands before all others is at its head. */

/** Whether an item leaves the heap ahead of another. */
export type StandsBefore<Item> = (item: Item, other: Item) => boolean;

export function pushHeap<Item>(heap: Item[], item: Item, before: StandsBefore<Item>): void {
  let child = heap.length;
  heap.push(item);
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!before(item, heap[parent]!)) break;
    heap[child] = heap[parent]!;
    child = parent;
  }
  heap[child] = item;
}

/** Takes the head out of a heap that is not empty. */
export function popHeap<Item>(heap: Item[], before: StandsBefore<Item>): Item {
  const head = heap[0]!;
  const last = heap.pop()!;
  if (heap.length === 0) return head;
  let parent = 0;
  for (;;) {
    let child = 2 * parent + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
    if (!before(heap[child]!, last)) break;
    heap[parent] = heap[child]!;
    parent = child;
  }
  heap[parent] = last;
  return head;
}
