/** Starts QuickFIX/J as a process: its jars come from Maven Central once, through mvn. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mavenClassPath } from '#engine/testing/maven';

/** The class path of QuickFIX/J, or why there is none. */
export function quickfixClassPath(): { jars: string } | { missing: string } {
  return mavenClassPath('quickfixj-2.3.2', join(import.meta.dirname, 'pom.xml'));
}

export type Counterparty = {
  /** What it has said, a line an event. */
  events: string[];
  /** Makes an initiator send an order with this id. */
  order(clOrdId: string): void;
  /** Resolves once the process is gone. */
  stop(): Promise<void>;
};

/** `settings` by QuickFIX's names, for its one session. */
export function startCounterparty(
  jars: string,
  role: 'acceptor' | 'initiator',
  { directory, ...settings }: Record<string, string | number> & { directory: string },
): Counterparty {
  const file = join(directory, `${role}.cfg`);
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  writeFileSync(file, ['[DEFAULT]', ...lines, '[SESSION]', 'BeginString=FIX.4.4', ''].join('\n'));
  const source = join(import.meta.dirname, 'Counterparty.java');
  const child = spawn('java', ['-Xmx128m', '-cp', jars, source, role, file], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const events: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const said = `${rest}${text}`.split('\n');
    rest = said.pop()!;
    events.push(...said);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => events.push(`error: ${text}`));
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
  return {
    events,
    order: clOrdId => void child.stdin.write(`${clOrdId}\n`),
    async stop() {
      child.kill();
      await gone;
    },
  };
}
