/** A position over time in a bounded number of points: the last one of each stretch of time. */
import type { Nanoseconds } from '#engine';

export type PositionPoint = { timeNs: Nanoseconds; lots: number };

export type PositionPath = {
  add(point: PositionPoint): void;
  readonly points: readonly PositionPoint[];
};

const FIRST_STRETCH_NS = 1_000_000;

/** When the points are full, stretches double until they are at most half of it. */
export function createPositionPath(pointsMax: number): PositionPath {
  const points: PositionPoint[] = [];
  let stretchNs = FIRST_STRETCH_NS;
  const stretchOf = ({ timeNs }: PositionPoint) => Math.floor(timeNs / stretchNs);

  const place = (point: PositionPoint, count: number) => {
    const last = points[count - 1];
    const isSame = last !== undefined && stretchOf(last) === stretchOf(point);
    const at = isSame ? count - 1 : count;
    points[at] = point;
    return at + 1;
  };
  const thin = () => {
    while (points.length > pointsMax / 2) {
      stretchNs *= 2;
      let count = 0;
      for (const point of points) count = place(point, count);
      points.length = count;
    }
  };

  return {
    points,
    add(point) {
      if (points.length === pointsMax) thin();
      place(point, points.length);
    },
  };
}
