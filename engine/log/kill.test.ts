/** SIGKILL: without this test, a process that dies could take flushed records with it. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { payloadAt } from './append-until-killed.ts';
import { openLog } from './open.ts';
import { errorOf, inDirectory, ORIGIN_NS } from './passing-log.ts';
import { readLog } from './read.ts';

const SCRIPT = path.join(import.meta.dirname, 'append-until-killed.ts');
const ROUNDS = 6;

/** Kills the writer once it has printed `lines` lines; the last offset it printed. */
function killAfter(directory: string, lines: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SCRIPT, directory, String(ORIGIN_NS)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let linesLeft = lines;
    let rest = '';
    let errors = '';
    let last = 0;
    child.stderr.setEncoding('utf8').on('data', text => {
      errors += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const whole = (rest + text).split('\n');
      rest = whole.pop() ?? '';
      last = Number(whole.at(-1) ?? last);
      linesLeft -= whole.length;
      if (linesLeft > 0 || child.killed) return;
      const { message } = errorOf(() => openLog({ directory, originNs: ORIGIN_NS }));
      child.kill('SIGKILL');
      if (!message.includes(`is being written by process ${child.pid};`))
        reject(new Error(message));
    });
    child.on('error', reject);
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve(last);
      else reject(new Error(`the writer ended by itself: ${errors}`));
    });
  });
}

describe('SIGKILL', () => {
  it('loses no record whose flush had returned, again and again on one log', () =>
    inDirectory(async directory => {
      let printed = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const before = printed;
        printed = await killAfter(directory, 1 + round * 97);
        expect(printed).toBeGreaterThan(before);
        let seen = 0;
        for (const { offset, payload } of readLog({ directory })) {
          if (!payloadAt(offset).equals(payload)) throw new Error(`record ${offset} has changed`);
          seen += 1;
        }
        expect(seen).toBeGreaterThanOrEqual(printed);
      }
      const log = openLog({ directory, originNs: ORIGIN_NS });
      expect(log.nextOffset).toBeGreaterThanOrEqual(printed);
      log.close();
    }));
});
