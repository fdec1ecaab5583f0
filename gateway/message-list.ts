/** Whole messages in order, each with its venue, in memory that is used again. */
import { prefixViews } from './prefix-views.ts';

export type MessageList = {
  /** Valid until `clear`: who keeps one copies it. */
  readonly list: readonly Buffer[];
  /** Index of the venue that each is for. */
  readonly venues: readonly number[];
  /** Copies a message to the end. */
  add(bytes: Uint8Array, venue: number): void;
  clear(): void;
};

const SLOT_BYTES = 512;

const createSlot = () => prefixViews(Buffer.allocUnsafeSlow(SLOT_BYTES));

export function createMessageList(): MessageList {
  const list: Buffer[] = [];
  const venues: number[] = [];
  const slots: ((length: number) => Buffer)[] = [];
  return {
    ...{ list, venues },
    add(bytes, venue) {
      venues.push(venue);
      if (bytes.length > SLOT_BYTES) {
        // So long a message is rare: it has memory of its own.
        list.push(Buffer.from(bytes));
        return;
      }
      while (slots.length <= list.length) slots.push(createSlot());
      const view = slots[list.length]!(bytes.length);
      view.set(bytes);
      list.push(view);
    },
    clear() {
      // A length of 0 would give the memory of the array away; `pop` keeps it.
      while (list.length > 0) list.pop();
      while (venues.length > 0) venues.pop();
    },
  };
}
