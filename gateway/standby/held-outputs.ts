/** What a primary wants to send, held by the record it comes of until that may leave; in order. */

export type HeldOutputs<Output> = {
  readonly heldBytes: number;
  readonly isEmpty: boolean;
  /** Of a record; offsets never fall. False where it would be more than may be held. */
  hold(offset: number, output: Output, bytes: number): boolean;
  /** Hands on what comes of records below an offset. */
  releaseBelow(nextOffset: number): void;
  /** Forgets all, each is told to be lost: the session sends again what counts. */
  drop(): void;
};

export type HeldOutputsPorts<Output> = {
  send(output: Output): void;
  lost(output: Output): void;
};

/** So many that have left are given up together. */
const SPENT_MAX = 4096;
/** A venue is sent kilobytes while a standby answers: more is a standby that does not. */
const HELD_BYTES_MAX = 16 * 1024 * 1024;

export function createHeldOutputs<Output>(
  { send, lost }: HeldOutputsPorts<Output>,
  bytesMax: number = HELD_BYTES_MAX,
): HeldOutputs<Output> {
  // A queue in arrays that keep their memory: `head` is the first that is held.
  const offsets: number[] = [];
  const outputs: (Output | undefined)[] = [];
  const sizes: number[] = [];
  let head = 0;
  let heldBytes = 0;
  const clear = () => {
    head = 0;
    while (offsets.length > 0) {
      offsets.pop();
      outputs.pop();
      sizes.pop();
    }
  };
  return {
    get heldBytes() {
      return heldBytes;
    },
    get isEmpty() {
      return head === offsets.length;
    },
    hold(offset, output, bytes) {
      if (heldBytes + bytes > bytesMax) return false;
      offsets.push(offset);
      outputs.push(output);
      sizes.push(bytes);
      heldBytes += bytes;
      return true;
    },
    releaseBelow(nextOffset) {
      while (head < offsets.length && offsets[head]! < nextOffset) {
        const output = outputs[head]!;
        outputs[head] = undefined;
        heldBytes -= sizes[head]!;
        head++;
        send(output);
      }
      if (head === offsets.length) clear();
      else if (head >= SPENT_MAX) {
        for (const list of [offsets, outputs, sizes]) list.splice(0, head);
        head = 0;
      }
    },
    drop() {
      const dropped = outputs.slice(head) as Output[];
      heldBytes = 0;
      clear();
      dropped.forEach(lost);
    },
  };
}
