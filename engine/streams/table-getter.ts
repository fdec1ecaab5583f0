/** How joins look up the values of tables, kept ones and ones made from others. */

import type { NodeContext } from './running-node.ts';
import type { RecordFunction } from './user-function.ts';

/** How a table's value is looked up in a task. */
export type TableGetter = (context: NodeContext) => (key: unknown) => unknown;

/** The getter of a table that is kept as it is. */
export const storedGetter =
  (store: string): TableGetter =>
  context => {
    const values = context.store<unknown, unknown>(store);
    return key => values.get(key);
  };

/** The getter of a table made from another's values. */
export const mappedGetter =
  (get: TableGetter, map: RecordFunction): TableGetter =>
  context => {
    const find = get(context);
    return key => {
      const value = find(key);
      return value === undefined ? undefined : map(value, key, Number.NaN);
    };
  };
