/** The metrics of a stream processor: what it observes, and its status at each scrape. */

import type { ProcessorObserver, ProcessorStatus, TaskStatus } from '../runtime/observer.ts';
import type { Health } from './health.ts';
import type { Metrics, MetricValue } from './metrics.ts';

export type ProcessorMetrics = {
  /** Give it to the processor. */
  readonly observer: ProcessorObserver;
  /** Its status is asked for from now on. */
  watch(status: () => ProcessorStatus): void;
};

const MS_PER_SECOND = 1_000;
const TASK_GAUGES: readonly (readonly [name: string, help: string, of: keyof TaskStatus])[] = [
  [
    'outrider_consumer_lag_records',
    'Records of the sources of a task that it has not processed.',
    'lagRecords',
  ],
  ['outrider_buffered_records', 'Records fetched and not processed.', 'bufferedRecords'],
  ['outrider_buffered_bytes', 'Bytes of records fetched and not processed.', 'bufferedBytes'],
  [
    'outrider_paused_sources',
    'Back-pressure: sources of a task that are not fetched, for their queues are full.',
    'pausedSources',
  ],
  [
    'outrider_restore_left_records',
    'Changelog records that a task has to take in before it runs.',
    'restoreLeft',
  ],
];

/** `health` is told when the processor is not running; `application` labels every value. */
export function processorMetrics(
  metrics: Metrics,
  health: Health,
  application: string,
): ProcessorMetrics {
  let ask: (() => ProcessorStatus) | undefined;
  const of = { application };
  const perTask = (read: (task: TaskStatus) => number) => (): MetricValue[] =>
    (ask?.().tasks ?? []).map(task => ({
      labels: { ...of, task: task.task },
      value: read(task),
    }));
  const labels = ['application', 'task'];
  for (const [name, help, field] of TASK_GAUGES) {
    metrics.gauge({ name, help, labels, read: perTask(task => Number(task[field])) });
  }
  metrics.gauge({
    name: 'outrider_watermark_delay_seconds',
    help: 'How far the event time of a task is behind the clock; none before its first record.',
    labels,
    read: perTask(({ watermarkMs, watermarkDelayMs }) =>
      Number.isFinite(watermarkMs) ? watermarkDelayMs / MS_PER_SECOND : Number.NaN,
    ),
  });
  metrics.total({
    name: 'outrider_dead_letters_total',
    help: 'Records that a task could not read or work with, since it began to run here.',
    labels,
    read: perTask(({ deadLetters }) => deadLetters),
  });
  metrics.gauge({
    name: 'outrider_standby_lag_records',
    help: 'Changelog records that a standby copy of the state of a task lacks.',
    labels,
    read: () =>
      (ask?.().standbys ?? []).map(({ task, lagRecords }) => ({
        labels: { ...of, task },
        value: lagRecords,
      })),
  });
  health.require(`processor ${application}`, () => {
    const phase = ask?.().phase ?? 'starting';
    return phase === 'running' ? undefined : phase;
  });
  return {
    observer: observerOf(metrics, of),
    watch(status) {
      ask = status;
    },
  };
}

function observerOf(metrics: Metrics, of: { application: string }): ProcessorObserver {
  const labels = ['application'];
  const seconds = (name: string, help: string) => metrics.seconds({ name, help, labels });
  const counter = (name: string, help: string) => metrics.counter({ name, help, labels });
  const commits = seconds(
    'outrider_commit_seconds',
    'Time of a commit: outputs, changelogs and offsets in one transaction.',
  );
  const restores = seconds(
    'outrider_restore_seconds',
    'Time until the state of a task was restored from its changelog.',
  );
  const committed = counter('outrider_committed_records_total', 'Records processed and committed.');
  const failures = counter(
    'outrider_failures_total',
    'Failures that a processor recovered from, or tried to.',
  );
  const rebalances = counter(
    'outrider_rebalances_total',
    'Assignments of tasks that this member was told.',
  );
  const skipped = metrics.counter({
    name: 'outrider_skipped_records_total',
    help: 'Records that retention deleted before they were read: they are lost to this group.',
    labels: [...labels, 'topic'],
  });
  return {
    onCommit({ tookMs, records }) {
      commits(of, tookMs / MS_PER_SECOND);
      committed(of, records);
    },
    onRestored: ({ tookMs }) => restores(of, tookMs / MS_PER_SECOND),
    onFailure: () => failures(of),
    onAssigned: () => rebalances(of),
    onSkipped: ({ topic, from, to }) => skipped({ ...of, topic }, to - from),
  };
}
