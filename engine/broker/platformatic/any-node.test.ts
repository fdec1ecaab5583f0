/** Which node is asked: one that is gone must not be waited for again with every question. */

import { apiVersionsV3 } from '@platformatic/kafka';
import { expect, it } from 'vitest';
import { OutriderError } from '../../error.ts';
import { anyNode, nodeName } from './any-node.ts';
import type { Links, Node } from './links.ts';

const nodes: readonly Node[] = ['a', 'b'].map(host => ({ host, port: 9092 }));

/** Nodes that take connections but those that are gone; who was asked for one, in order. */
function nodesOf(gone: Set<string>) {
  const tried: string[] = [];
  const links = {
    async connect(node: Node) {
      tried.push(node.host);
      if (gone.has(node.host)) throw new OutriderError('network', `${nodeName(node)} is gone`);
    },
    call: async () => ({}),
  } as unknown as Links;
  // As from metadata and as an address to begin at.
  const any = anyNode(links, () => [...nodes, ...nodes]);
  const ask = () => any.ask(apiVersionsV3.api, 'outrider', '1');
  return { tried, ask };
}

it('asks the others first of a node that takes no connection', async () => {
  const { tried, ask } = nodesOf(new Set(['a']));
  await ask();
  await ask();
  expect(tried).toEqual(['a', 'b', 'b']);
});

it('asks it again where the others are gone too, and says what each failed of', async () => {
  const gone = new Set(['a']);
  const { tried, ask } = nodesOf(gone);
  await ask();
  gone.add('b');
  await expect(ask()).rejects.toThrow('no Kafka node answers: b:9092 is gone; a:9092 is gone');
  gone.delete('a');
  await ask();
  expect(tried).toEqual(['a', 'b', 'b', 'a', 'b', 'a']);
});
