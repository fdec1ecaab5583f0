/** The life of a parent: without these, one could run on after its wish, or hammer a venue. */
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { signalAt } from '../paper-world.ts';
import { beginParent, changeParent, noteRejected, type Parent, updateParent } from './parent.ts';

const START_NS = 36_000 * SECOND_NS;
const VOLUME = { tradedLots: 0, bidLots: 0, askLots: 0 };

function parentOf(positionLots: number, desiredLots: number): Parent {
  return beginParent({
    ...{ id: 1, strategy: 0, instrument: 0, startNs: START_NS, startVolume: VOLUME, positionLots },
    ...{ signal: signalAt(START_NS, { desiredLots }), slicing: undefined },
  });
}

const wished = (parent: Parent, desiredLots: number, positionLots: number) => {
  updateParent(parent, { positionLots, workingLots: 0, nowNs: START_NS });
  changeParent(parent, signalAt(START_NS, { desiredLots }), START_NS);
  return [parent.totalLots, parent.isEnding];
};

describe('a parent', () => {
  it('takes another total on its side, and ends where nothing is left on it', () => {
    expect(wished(parentOf(10, 50), 30, 15)).toEqual([20, false]);
    expect(wished(parentOf(10, 50), 90, 15)).toEqual([80, false]);
    expect(wished(parentOf(10, 50), 15, 15)).toEqual([40, true]);
    expect(wished(parentOf(10, 50), 0, 15)).toEqual([40, true]);
    expect(wished(parentOf(10, -50), -20, -5)).toEqual([30, false]);
    expect(wished(parentOf(10, -50), 0, -5)).toEqual([60, true]);
  });

  it('counts a bust as not done, or its lots would be missing for good', () => {
    const parent = parentOf(0, 10);
    updateParent(parent, { positionLots: 9, workingLots: 1, nowNs: START_NS });
    expect(parent).toMatchObject({ doneLots: 9, workingLots: 1, isEnding: false });
    updateParent(parent, { positionLots: 4, workingLots: 1, nowNs: START_NS });
    expect(parent.doneLots).toBe(4);
  });

  it('waits from the third reject in a row on, twice as long each time up to a minute', () => {
    const parent = parentOf(0, 10);
    const holds = Array.from({ length: 12 }, () => {
      noteRejected(parent, START_NS);
      return Math.max(0, parent.heldUntilNs - START_NS) / SECOND_NS;
    });
    expect(holds).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });
});
