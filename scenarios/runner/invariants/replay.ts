/** The replay of a scenario is identical: its logs give the same bytes once more. */
import { startProcess } from '../play/process.ts';
import type { JudgedInvariant } from './invariant.ts';

/** `directory` has the gateway's log: `outrider replay` compares it with the bytes beside it. */
export async function judgeReplay(directory: string, logFile: string): Promise<JudgedInvariant> {
  let said = '';
  const process = await startProcess({
    ...{ name: 'replay', parameters: ['replay', directory], logFile, isServer: false },
    onCrash: () => {},
    onText: text => {
      said += text;
    },
  });
  const { status } = await process.exited;
  const lines = said.trim().split('\n');
  const line = lines.find(each => each.startsWith('identical')) ?? lines.at(-1)!;
  const isSame = status === 0 && line.startsWith('identical');
  const violations = isSame ? [] : [`replay ended with status ${status}: ${line}`];
  return { name: 'replayIdentical', claim: `replay says: ${line}`, checked: 1, violations };
}
