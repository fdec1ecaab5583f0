/** What the $NAMES of a step's command line stand for. */
import { join } from 'node:path';
import { OutriderError } from '#engine';
import { NODES } from './pair.ts';
import type { World } from './world.ts';

/*
   $DIR           folder of the gateway          $A, $B         folders of the nodes of a pair
   $ADA, $BEA     --operator ada --key FILE      $AT_A, $AT_B   where they take promotions
   $WITNESS       HOST:PORT of the witness       $DAY           today, UTC
   $SYMBOL        first instrument               $EXECUTIONS    the venue's execution file
*/
export function namesOf({ folders, operators, pair, ports, relay }: World): Map<string, string[]> {
  const names = new Map<string, string[]>([
    ['DIR', [folders.trading]],
    ['WITNESS', [`127.0.0.1:${ports.witness}`]],
    ['DAY', [new Date().toISOString().slice(0, 10)]],
    ['SYMBOL', [relay.instruments[0]!.symbol]],
  ]);
  for (const [name, file] of operators?.keyFiles ?? []) {
    names.set(name.toUpperCase(), ['--operator', name, '--key', file]);
  }
  for (const node of pair === undefined ? [] : NODES) {
    names.set(node, [join(folders.trading, node)]);
    names.set(`AT_${node}`, [pair!.node(node).peer]);
  }
  return names;
}

/** Throws `bad-config` for a name that stands for nothing. */
export function wordsOf(line: string, names: ReadonlyMap<string, readonly string[]>): string[] {
  return line.split(/ +/).flatMap(word => {
    const alone = /^\$([A-Z_]+)$/.exec(word);
    if (alone !== null) return meaningOf(alone[1]!, names);
    return word.replace(/\$([A-Z_]+)/g, (_, name: string) => meaningOf(name, names).join(' '));
  });
}

function meaningOf(name: string, names: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const value = names.get(name);
  if (value !== undefined) return value;
  const known = [...names.keys()].map(each => `$${each}`).join(', ');
  throw new OutriderError('bad-config', `$${name}: unknown; known are ${known}`);
}
