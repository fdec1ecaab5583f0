/** The contract against the embedded broker. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { SUITES } from '../contract/suites.ts';
import type { Broker } from '../port.ts';
import { openEmbedded } from './open.ts';

describe('the embedded broker', () => {
  let directory: string;
  let broker: Broker;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'outrider-broker-'));
    broker = await openEmbedded({ directory, sweepBytes: 2000 });
  });
  afterAll(async () => {
    await broker.close();
    rmSync(directory, { recursive: true });
  });
  const another = async () => broker;
  const mortal = () => ({ kind: 'embedded', directory: join(directory, 'mortal') }) as const;
  const subject = { broker: () => broker, another, replicas: 1, mortal };
  describe.each(Object.entries(SUITES))('%s', (_, suite) => {
    it.each(Object.entries(suite))('%s', (_, test) => test(subject));
  });
});
