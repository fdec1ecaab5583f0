/** What every broker is held to, by the subject of each suite. */

import { groups } from './groups.ts';
import { kills } from './kill.ts';
import { mirrors } from './mirrors.ts';
import { admins, readers } from './reading.ts';
import { records } from './records.ts';
import type { Suite } from './setting.ts';
import { fencedSends, transactionalProducers, transactions } from './transactions.ts';

export const SUITES: Readonly<Record<string, Suite>> = {
  records,
  'a reader': readers,
  'the admin': admins,
  'a transaction': transactions,
  'a producer with a transactional id': transactionalProducers,
  'sends of a producer with a fencing id': fencedSends,
  'a group': groups,
  'a mirror of a log': mirrors,
  'kill -9': kills,
};
