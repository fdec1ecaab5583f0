/** Times of the new and replaced orders of the last second, in a ring that is used again. */
import { type Nanoseconds, SECOND_NS } from '#engine';

export type RecentOrders = {
  /** Ascending from `first` on, over the end to the beginning. */
  timesNs: Float64Array;
  first: number;
  count: number;
};

/** Grows to what the limit of orders a second lets in. */
export const createRecentOrders = (): RecentOrders => ({
  ...{ timesNs: new Float64Array(64), first: 0, count: 0 },
});

/** Forgets those a second old and older. */
export function forgetOrders(recent: RecentOrders, nowNs: Nanoseconds): void {
  const { timesNs } = recent;
  while (recent.count > 0 && timesNs[recent.first]! <= nowNs - SECOND_NS) {
    recent.first = (recent.first + 1) % timesNs.length;
    recent.count--;
  }
}

export function addOrder(recent: RecentOrders, nowNs: Nanoseconds): void {
  if (recent.count === recent.timesNs.length) grow(recent);
  const { timesNs, first, count } = recent;
  timesNs[(first + count) % timesNs.length] = nowNs;
  recent.count++;
}

function grow(recent: RecentOrders): void {
  const { timesNs, first } = recent;
  recent.timesNs = new Float64Array(2 * timesNs.length);
  recent.timesNs.set(timesNs.subarray(first));
  recent.timesNs.set(timesNs.subarray(0, first), timesNs.length - first);
  recent.first = 0;
}
