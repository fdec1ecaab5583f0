/** The contract of SIGKILL: a producer that dies in a transaction leaves all of it or nothing. */

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openBroker } from './opening.ts';
import { readAll } from './polling.ts';
import { PARTITIONS } from './produce-until-killed.ts';
import { groupName, type Suite, textOf } from './setting.ts';

const SCRIPT = join(import.meta.dirname, 'produce-until-killed.ts');

/** Kills it once it has told so many numbers; returns the last of them. */
function killAfter(lines: number, parameters: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const child = spawn(process.execPath, [SCRIPT, ...parameters], { stdio: [...stdio] });
    let told: string[] = [];
    let errors = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      told = told.concat(text.trim().split('\n'));
      if (told.length >= lines && !child.killed) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve(Number(told.at(-1)));
      else reject(new Error(`the producer ended by itself: ${errors}`));
    });
  });
}

export const kills: Suite = {
  'of a producer leaves no half transaction, and loses none that was committed': async subject => {
    const opening = subject.mortal();
    const topic = `topic-${randomUUID()}`;
    const groupId = groupName();
    const told = await killAfter(30, [JSON.stringify(opening), topic, groupId]);
    const broker = await openBroker(opening);
    // Its heir ends what it left open.
    const heir = await broker.producer({ transactionalId: topic });
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition }));
    const all = await readAll(broker, topic, PARTITIONS);
    const [one, other] = partitions.map(({ partition }) =>
      all.filter(each => each.partition === partition).map(({ value }) => Number(textOf(value))),
    );
    expect(one).toEqual(other);
    const last = one!.at(-1)!;
    expect(last).toBeGreaterThanOrEqual(told);
    const whole = Array.from({ length: last }, (_, index) => index + 1);
    expect(one).toEqual(whole.filter(number => number % 3 !== 0));
    const committed = () => broker.admin.committed(groupId, partitions);
    await expect.poll(committed).toEqual(partitions.map(each => ({ ...each, offset: last })));
    await heir.close();
    await broker.close();
  },
};
