/** QuickFIX/J's side of the measurements: its class path, settings and programs. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, OutriderError } from '#engine';
import { quickfixClassPath } from '#gateway/testing/quickfixj';
import { nextJson, type Program, startProgram } from '../replay/program.ts';
import { ROOT } from '../replay/results.ts';

export type Quickfixj = {
  /** A command that runs one of the programs of `bench/peers/quickfixj`. */
  command(program: string, ...parameters: string[]): [string, ...string[]];
};

const SOURCES = join(ROOT, 'bench', 'peers', 'quickfixj');

/** Compiled into a folder. Throws `bad-usage` where java 17, mvn or the jars are missing. */
export function openQuickfixj(folder: string): Quickfixj {
  const found = quickfixClassPath();
  if ('missing' in found) {
    throw new OutriderError('bad-usage', `QuickFIX/J: ${found.missing} missing; install it`);
  }
  mkdirSync(folder, { recursive: true });
  const sources = ['Encode.java', 'Fills.java'].map(name => join(SOURCES, name));
  execFileSync('javac', ['-cp', found.jars, '-d', folder, ...sources], { stdio: 'inherit' });
  const classPath = `${found.jars}:${folder}`;
  return {
    command: (program, ...parameters) => ['java', '-cp', classPath, program, ...parameters],
  };
}

/**
 * An acceptor with a file store that is not synced, as ours is not, and without the dictionary,
 * which makes it quicker; it fills each order with one report, or with two as ours does.
 */
export async function startQuickfixjAcceptor(
  quickfixj: Quickfixj,
  folder: string,
  reports: 'filled' | 'both',
): Promise<{ port: number; program: Program }> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const file = join(folder, 'acceptor.cfg');
  const settings = {
    ...{ ConnectionType: 'acceptor', SocketAcceptPort: port, SocketTcpNoDelay: 'Y' },
    ...{ FileStorePath: join(folder, 'store'), FileStoreSync: 'N', UseDataDictionary: 'N' },
    ...{ StartTime: '00:00:00', EndTime: '00:00:00' },
    ...{ SenderCompID: 'VENUE', TargetCompID: 'OUTRIDER' },
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  writeFileSync(file, ['[DEFAULT]', ...lines, '[SESSION]', 'BeginString=FIX.4.4', ''].join('\n'));
  const command = quickfixj.command('Fills', file, 'single', reports);
  const program = startProgram({ name: 'QuickFIX/J', command, folder });
  await nextJson(program, 'QuickFIX/J');
  return { port, program };
}
