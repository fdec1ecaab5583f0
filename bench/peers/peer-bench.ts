/** `npm run bench -- peers`: the programs of others that ours are set against, by name. */

import { OutriderError } from '#engine';
import { benchEventLoop } from './event-loop.ts';
import { benchDraft } from './models/draft-bench.ts';
import { benchTarget } from './models/target-bench.ts';

const PEERS = ['nautilus', 'draft', 'target'] as const;
type Peer = (typeof PEERS)[number];

export type PeerOptions = {
  peer: string | undefined;
  /** A Python that has the peer's packages. */
  python: string | undefined;
  ticks: readonly string[];
};

/** Throws `bad-usage` for a peer that is none, or without a Python. */
export async function benchPeer({ peer, python, ticks }: PeerOptions): Promise<void> {
  if (python === undefined || !isPeer(peer)) {
    const known = PEERS.join(', ');
    const message = `peers: give one of ${known} and a Python for it; see bench/peers/README.md`;
    throw new OutriderError('bad-usage', message);
  }
  switch (peer) {
    case 'nautilus':
      return await benchEventLoop(python, ticks);
    case 'draft':
      return await benchDraft(python);
    case 'target':
      return await benchTarget(python);
  }
}

const isPeer = (name: string | undefined): name is Peer => PEERS.some(each => each === name);
