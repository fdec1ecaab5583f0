/** Operators without state: what a record becomes, and where it goes on. */

import { type OpenNode, OUT, type Receiver } from './running-node.ts';
import { type RecordFunction, single } from './user-function.ts';

/** Errors of the function are the record's end; those of what follows are caught there. */
export function openMapValues(map: RecordFunction): OpenNode {
  return context => {
    const forward = context.output(OUT);
    return single((key, value, timeMs) => {
      let mapped: unknown;
      try {
        mapped = map(value, key, timeMs);
      } catch (error) {
        context.refuse(error, key);
        return;
      }
      forward(key, mapped, timeMs);
    });
  };
}

export function openFilter(isWanted: RecordFunction): OpenNode {
  return context => {
    const forward = context.output(OUT);
    return single((key, value, timeMs) => {
      let wanted: unknown;
      try {
        wanted = isWanted(value, key, timeMs);
      } catch (error) {
        context.refuse(error, key);
        return;
      }
      if (wanted) forward(key, value, timeMs);
    });
  };
}

/** `map` gives pairs of key and value: all of them before the first goes on. */
export function openFlatMap(map: RecordFunction): OpenNode {
  return context => {
    const forward = context.output(OUT);
    return single((key, value, timeMs) => {
      let pairs: (readonly [unknown, unknown])[];
      try {
        pairs = [...(map(value, key, timeMs) as Iterable<readonly [unknown, unknown]>)];
      } catch (error) {
        context.refuse(error, key);
        return;
      }
      for (const [newKey, newValue] of pairs) forward(newKey, newValue, timeMs);
    });
  };
}

export function openKeyBy(selectKey: RecordFunction): OpenNode {
  return context => {
    const forward = context.output(OUT);
    return single((key, value, timeMs) => {
      let selected: unknown;
      try {
        selected = selectKey(value, key, timeMs);
      } catch (error) {
        context.refuse(error, key);
        return;
      }
      forward(selected, value, timeMs);
    });
  };
}

/** To the first port whose predicate holds; a record without one ends here. */
export function openBranch(branches: readonly (readonly [string, RecordFunction])[]): OpenNode {
  return context => {
    const ports = branches.map(([port, isWanted]) => ({
      isWanted,
      forward: context.output(port),
    }));
    return single((key, value, timeMs) => {
      let found: (typeof ports)[number] | undefined;
      try {
        found = ports.find(({ isWanted }) => isWanted(value, key, timeMs));
      } catch (error) {
        context.refuse(error, key);
        return;
      }
      found?.forward(key, value, timeMs);
    });
  };
}

/** All parents into one. */
export function openMerge(parents: number): OpenNode {
  return context => ({
    inputs: new Array<Receiver>(parents).fill(context.output(OUT)),
  });
}
