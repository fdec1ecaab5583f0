/** The door for operators: what it shows must be what is, and it must neither leak nor hang. */
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clockFrom, wallTimers } from '../clock.ts';
import { drain } from '../drain.ts';
import type { ProcessorStatus, TaskStatus } from '../runtime/observer.ts';
import { createHealth, type Health } from './health.ts';
import { openLog } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { type OperationsServer, serveOperations } from './operations-server.ts';
import { processorMetrics } from './processor-metrics.ts';

const TASK: TaskStatus = {
  ...{
    task: '0_1',
    phase: 'running' as const,
    restoreLeft: 0,
    bufferedRecords: 7,
    bufferedBytes: 700,
  },
  ...{ lagRecords: 42, watermarkMs: 1_000, watermarkDelayMs: 250, pausedSources: 1 },
  deadLetters: 6,
};
const STATUS: ProcessorStatus = {
  ...{ phase: 'running' as const, generation: 3, commits: 2, lastCommitMs: 0, failures: 0 },
  tasks: [TASK, { ...TASK, task: '0_2', watermarkMs: Number.NEGATIVE_INFINITY }],
  standbys: [{ task: '0_0', lagRecords: 5 }],
};

let metrics: Metrics;
let health: Health;
let server: OperationsServer;
beforeEach(async () => {
  metrics = createMetrics();
  health = createHealth();
  server = await serveOperations({ host: '127.0.0.1', port: 0, metrics, health });
});
afterEach(() => server.close());

const get = async (path: string, method = 'GET') => {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return { status: answer.status, text: await answer.text() };
};

describe('metrics', () => {
  it('show the processor as it is at the scrape, task by task', async () => {
    const { observer, watch } = processorMetrics(metrics, health, 'counts');
    let status = STATUS;
    watch(() => status);
    observer.onCommit!({ tookMs: 20, tasks: 2, records: 30 });
    observer.onCommit!({ tookMs: 20, tasks: 2, records: 12 });
    observer.onRestored!({ task: '0_1', tookMs: 1_500, offsets: 9 });
    observer.onSkipped!({ topic: 'ticks', partition: 0, from: 5, to: 8 });
    const { text } = await get('/metrics');
    const of = 'application="counts"';
    for (const line of [
      `outrider_consumer_lag_records{${of},task="0_1"} 42`,
      `outrider_watermark_delay_seconds{${of},task="0_1"} 0.25`,
      `outrider_paused_sources{${of},task="0_1"} 1`,
      `outrider_dead_letters_total{${of},task="0_1"} 6`,
      `outrider_buffered_records{${of},task="0_2"} 7`,
      `outrider_standby_lag_records{${of},task="0_0"} 5`,
      `outrider_commit_seconds_bucket{le="0.03",${of}} 2`,
      `outrider_commit_seconds_sum{${of}} 0.04`,
      `outrider_committed_records_total{${of}} 42`,
      `outrider_restore_seconds_count{${of}} 1`,
      `outrider_skipped_records_total{${of},topic="ticks"} 3`,
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    // Before its first record a task has no event time, and so no delay.
    expect(text).not.toContain(`outrider_watermark_delay_seconds{${of},task="0_2"}`);
    status = { ...STATUS, tasks: [], standbys: [] };
    expect((await get('/metrics')).text).not.toContain('task="0_1"');
  });

  it('have a HELP text each', async () => {
    processorMetrics(metrics, health, 'counts');
    const { text } = await get('/metrics');
    const typed = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    const helped = [...text.matchAll(/^# HELP (\S+) (?=\S)/gm)].map(([, name]) => name);
    expect(typed.length).toBeGreaterThan(20);
    expect(helped).toEqual(typed);
  });

  it('count what only grows from what is read', async () => {
    let sent = 3;
    metrics.total({ name: 'outrider_sent_total', help: 'Sent.', read: () => [{ value: sent }] });
    expect((await get('/metrics')).text).toContain('\noutrider_sent_total 3\n');
    sent = 5;
    expect((await get('/metrics')).text).toContain('\noutrider_sent_total 5\n');
  });
});

describe('health', () => {
  it('is alive and not ready while something is missing, and says what', async () => {
    let isConnected = false;
    health.require('broker', () => (isConnected ? undefined : 'not connected'));
    expect((await get('/healthz')).status).toBe(200);
    const missing = { status: 'not ready', missing: { broker: 'not connected' } };
    expect(await get('/readyz')).toEqual({ status: 503, text: `${JSON.stringify(missing)}\n` });
    isConnected = true;
    expect((await get('/readyz')).status).toBe(200);
  });

  it('is not ready from the first moment of a drain, so that no new work comes', async () => {
    health.drain('SIGTERM');
    expect((await get('/readyz')).status).toBe(503);
    expect((await get('/healthz')).status).toBe(200);
  });

  it('answers where a condition cannot be told, or a probe would end the process', async () => {
    health.require('broker', () => {
      throw new Error('it was closed');
    });
    expect(await get('/readyz')).toEqual({ status: 500, text: 'it was closed\n' });
  });

  it('follows the phase of a processor', async () => {
    const { watch } = processorMetrics(metrics, health, 'counts');
    expect((await get('/readyz')).text).toContain('"processor counts":"starting"');
    watch(() => ({ ...STATUS, phase: 'recovering' }));
    expect((await get('/readyz')).text).toContain('recovering');
    watch(() => STATUS);
    expect((await get('/readyz')).status).toBe(200);
  });
});

describe('the door', () => {
  it('takes reading requests alone', async () => {
    expect((await get('/metrics', 'POST')).status).toBe(405);
    expect((await get('/')).status).toBe(404);
    expect(await get('/readyz', 'HEAD')).toEqual({ status: 200, text: '' });
  });

  it('refuses headers that are too long instead of keeping them', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'x-long': 'x'.repeat(20_000) };
      request({ port: server.port, host: '127.0.0.1', path: '/metrics', headers }, answer => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once('error', reject)
        .end();
    });
    expect(status).toBe(431);
  });

  it('says which address is taken', async () => {
    const again = serveOperations({ host: '127.0.0.1', port: server.port, metrics, health });
    await expect(again).rejects.toThrow(/operations: 127.0.0.1:\d+: .*EADDRINUSE.*that is free/);
  });
});

describe('logs', () => {
  const lines = (secrets: string[], write: (log: ReturnType<typeof openLog>) => void) => {
    const written: string[] = [];
    const to = { write: (line: string) => void written.push(line) };
    write(openLog({ name: 'gateway', level: 'info', secrets: () => secrets, to }));
    return written;
  };

  it('are a line of JSON an event, none below their level', () => {
    const [line, ...more] = lines([], log => {
      log.debug('not this');
      log.warn('edge lost', { strategy: 'one' });
    });
    expect(more).toEqual([]);
    expect(JSON.parse(line!)).toMatchObject({
      ...{ level: 'warn', name: 'gateway', text: 'edge lost', strategy: 'one' },
    });
  });

  it('print no secret, whatever field or text it comes in', () => {
    const secret = 'planted "secret"\\with\nall';
    const written = lines([secret], log => {
      log.info(`connected with ${secret}`, { password: 'another', sasl: { token: 'third' } });
      log.error('refused', { reason: `${secret}!`, error: { message: secret } });
    }).join('');
    const plain =
      written + JSON.stringify(written.split('\n').map(each => each && JSON.parse(each)));
    for (const planted of [secret, 'planted', 'another', 'third']) {
      expect(plain).not.toContain(planted);
    }
    expect(written).toContain('connected with ***');
  });
});

describe('a drain', () => {
  const clock = clockFrom(0);
  const time = { clock, timers: wallTimers(clock) };

  it('waits for what is under way', async () => {
    expect(await drain(async () => {}, 1_000, time)).toMatchObject({ isComplete: true });
  });

  it('ends at its bound, or a process would hang until it is killed', async () => {
    const { isComplete, tookMs } = await drain(() => new Promise(() => {}), 50, time);
    expect(isComplete).toBe(false);
    expect(tookMs).toBeGreaterThanOrEqual(49);
  });

  it('hands on what went wrong', async () => {
    await expect(drain(() => Promise.reject(new Error('disk')), 50, time)).rejects.toThrow('disk');
  });
});
