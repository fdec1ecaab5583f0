/** Both nodes of a pair hold one log, and it gives the bytes that the venue received. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { logDigest } from '#engine';
import { NODES } from '../play/pair.ts';
import type { JudgedInvariant } from './invariant.ts';
import { judgeReplay } from './replay.ts';

/** `trading` has the venue's bytes, and a folder a node with its log. */
export async function judgePairReplay(trading: string, logFile: string): Promise<JudgedInvariant> {
  const judged: JudgedInvariant[] = [];
  const digests: string[] = [];
  for (const name of NODES) {
    const folder = join(trading, name);
    mkdirSync(join(folder, 'fix'), { recursive: true });
    const received = join('fix', 'venue-received.fix');
    copyFileSync(join(trading, received), join(folder, received));
    judged.push(await judgeReplay(folder, logFile));
    digests.push(logDigest(join(folder, 'gateway.log')));
  }
  const [one, other] = digests;
  const differ = one === other ? [] : [`the logs differ: ${one} of A, ${other} of B`];
  return {
    name: 'replayIdentical',
    claim: `both logs are one, and ${judged[0]!.claim}`,
    checked: judged.length,
    violations: [...judged.flatMap(({ violations }) => violations), ...differ],
  };
}
