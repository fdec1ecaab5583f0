/** Which brokers this adapter speaks with: an older one is refused by name, at the connection. */

import { apiVersionsV3 } from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import type { Links, Node } from './links.ts';

const OLDEST_KAFKA = '3.5';

const FETCH = { key: 1, version: 15 } as const;
/** By the newest version of the request Fetch that a broker has. */
const RELEASES: readonly (readonly [fetchVersion: number, releases: string])[] = [
  [13, '3.1 to 3.4'],
  [12, '2.7 to 3.0'],
  [11, '2.3 to 2.6'],
  [0, 'older than 2.3'],
];

/** Throws `bad-config` where the broker is older than OLDEST_KAFKA. */
export async function checkVersions(links: Links, node: Node): Promise<void> {
  const { apiKeys } = await links.call(node, apiVersionsV3.api, 'outrider', '1');
  const newest = apiKeys.find(({ apiKey }) => apiKey === FETCH.key)?.maxVersion ?? 0;
  if (newest >= FETCH.version) return;
  const [, releases] = RELEASES.find(([version]) => newest >= version)!;
  const is = `is Apache Kafka ${releases} (it has Fetch ${newest})`;
  const needs = `${OLDEST_KAFKA} or later is needed (Fetch ${FETCH.version}); upgrade the brokers`;
  throw new OutriderError('bad-config', `Kafka node ${node.host}:${node.port} ${is}; ${needs}`);
}
