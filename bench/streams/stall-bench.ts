/** An operator that stalls for a minute while 100,000 records a second come. */

import { setTimeout as wait } from 'node:timers/promises';
import { OutriderError } from '#engine';
import { textTable } from '../table.ts';
import { makeTopics } from './bench-kafka.ts';
import { judgeSequences, startSequences } from './stall/sequences.ts';
import type { StallReading } from './stall/stall-worker.ts';
import { startStalled } from './stall/stalled-process.ts';
import type { StreamsBench } from './streams-bench.ts';

const PARTITIONS = 4;
const PER_SECOND = 100_000;
const SECONDS = { before: 15, during: 60, after: 5 } as const;
/** Of the process, over what it has at the same rate without a stall. */
const GROWTH_MB_MAX = 256;
const [INPUT, OUTPUT] = ['stall-input', 'stall-output'];

type Phase = {
  readonly phase: string;
  readonly rssMb: number;
  readonly bufferedRecords: number;
  readonly perSecond: number;
};

export const benchStall: StreamsBench = async ({ kafka }) => {
  await makeTopics(kafka, PARTITIONS, [INPUT, OUTPUT]);
  const addresses = [kafka.address];
  const worker = await startStalled({
    ...{ addresses, input: INPUT, output: OUTPUT, isStalled: false },
  });
  const to = { topic: INPUT, partitions: PARTITIONS };
  const load = await startSequences(kafka.broker, to, { perSecond: PER_SECOND });
  const phases: Phase[] = [];
  const pass = async (phase: keyof typeof SECONDS) => {
    const [sent, beganMs] = [load.sent, performance.now()];
    worker.peak();
    await Promise.race([wait(SECONDS[phase] * 1_000), worker.failed]);
    const seconds = (performance.now() - beganMs) / 1_000;
    phases.push(phaseOf(phase, worker.peak(), (load.sent - sent) / seconds));
    console.error(`${phase} the stall: ${load.sent} records sent`);
  };
  await pass('before');
  worker.tell({ isStalled: true });
  await pass('during');
  worker.tell({ isStalled: false });
  await pass('after');
  await load.stop();
  const judging = judgeSequences(addresses, OUTPUT, load.sent);
  const problems = await Promise.race([judging, worker.failed]);
  phases.push(phaseOf('until all is read', worker.peak(), 0));
  await worker.close();
  const [before, ...rest] = phases;
  const growthMb = Math.max(...rest.map(({ rssMb }) => rssMb)) - before!.rssMb;
  if (problems.length > 0) throw new OutriderError('bad-data', problems.join('; '));
  const rows = phases.map(({ phase, rssMb, bufferedRecords, perSecond }) => {
    return [phase, rssMb.toFixed(0), String(bufferedRecords), perSecond.toFixed(0)];
  });
  const head = ['the stall', 'peak RSS, MB', 'records buffered', 'sent a second'];
  return {
    text: [
      `an operator that stalls for ${SECONDS.during} s, ${PER_SECOND} records a second asked for:`,
      textTable([head, ...rows]),
      `${load.sent} records sent, each read once and in order by another client; memory grew by ` +
        `${growthMb.toFixed(0)} MB, asked is at most ${GROWTH_MB_MAX}`,
    ].join('\n'),
    figures: { phases, growthMb, sent: load.sent },
  };
};

function phaseOf(phase: string, peak: StallReading, perSecond: number): Phase {
  const { rssBytes, bufferedRecords } = peak;
  return { phase, rssMb: rssBytes / 1e6, bufferedRecords, perSecond };
}
