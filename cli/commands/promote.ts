/** `outrider promote`: an operator says that a gateway of a pair shall trade, alone if need be. */
import { clockFrom, OutriderError, wallTimers } from '#engine';
import { askPeer, checkNodeName, type NodeReport, signCommand } from '#gateway';
import { readKey } from '../run/operator-key.ts';
import { type Address, parseAddress } from './address.ts';
import { type Command, parseOptions } from './command.ts';

/** Leases of a primary that may still live are waited for. */
const TRIES = 100;
const BETWEEN_MS = 50;
const WAITING = 3;

export const promoteCommand: Command = {
  name: 'promote',
  summary: 'a gateway of a pair shall trade: outrider promote --at H:P --operator NAME',
  help: () =>
    [
      'usage: outrider promote --at HOST:PORT --operator NAME [--key FILE]',
      '       outrider promote --at HOST:PORT --status',
      '',
      '  --at HOST:PORT     of the gateway, its --replicate',
      '  --operator NAME    who takes it upon himself: the name goes into the log',
      '  --key FILE         their private key: needed where the desk file names operators',
      '  --status           only prints how it stands',
      '',
      'A standby takes over, though it may lack records; a primary whose standby is gone goes',
      'on alone. Be sure that the other node is dead and stays so: end its process, close its',
      'port at the venue. A node whose primary is heard, or whose witness says that another has',
      'the lease, does not take over. Where the witness does not answer, which may as well be this',
      'node’s own isolation, it takes two operators within four minutes.',
      'Prints the node’s report as JSON. Exit 0: it trades; 3: waits for the second operator; 1:',
      'refused, or it does not trade within 5 s.',
    ].join('\n'),
  async run(given) {
    const kinds = { at: 'text', operator: 'text', key: 'text', status: 'flag' } as const;
    const { at, operator, key, status } = parseOptions(given, kinds).values;
    const address = parseAddress('at', at);
    if (status === true) {
      console.log(JSON.stringify(await ask(address, { kind: 'status' })));
      return 0;
    }
    const name = checkNodeName('operator', operator);
    const signed = key === undefined ? new Uint8Array() : await sign(address, name, String(key));
    let report = await ask(address, { kind: 'promote', operator: name, signed });
    if (report.refusal !== '') throw new OutriderError('protocol', report.refusal);
    const isOver = () => report.isTrading || report.waitsForSecond;
    for (let tries = 0; !isOver() && tries < TRIES; tries++) {
      await new Promise(resolve => setTimeout(resolve, BETWEEN_MS));
      report = await ask(address, { kind: 'status' });
    }
    console.log(JSON.stringify(report));
    if (report.isTrading) return 0;
    if (report.waitsForSecond) {
      console.log('waiting: the witness does not answer: a second operator is to say so too');
      return WAITING;
    }
    const why = report.problem === '' ? `it is ${report.role}` : report.problem;
    throw new OutriderError('protocol', `${report.node} does not trade: ${why}`);
  },
};

/** For this node as it stands now: it cannot be said again once that has changed. */
async function sign(address: Address, operator: string, keyFile: string): Promise<Uint8Array> {
  const key = readKey(keyFile);
  const { node, epoch, gateway } = await ask(address, { kind: 'status' });
  if (gateway === '') {
    throw new OutriderError('bad-usage', `key: ${node} has no operators; leave out --key`);
  }
  const action = { kind: 'promote', node, epoch } as const;
  return signCommand({ operator, gateway, unixMs: Date.now(), action }, key);
}

function ask(address: Address, question: Parameters<typeof askPeer>[0]): Promise<NodeReport> {
  const clock = clockFrom(0);
  return askPeer(question, { ...address, clock, timers: wallTimers(clock) });
}
