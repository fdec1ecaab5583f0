/** Figures of thresholds and metrics as people read them, by the kind of their metric. */
import { durationText } from '#bench';
import { METRICS, type MetricKind, type MetricName } from '../measure/metric.ts';

/** `subject`: a metric, as a threshold begins with it. */
export function figureOf(subject: string, value: number | null): string {
  if (value === null) return 'nothing';
  const [, name = '', aggregate = ''] = /^([a-z-]+)\S* *(\S*)/.exec(subject) ?? [];
  const kind: MetricKind = METRICS[name as MetricName]?.kind ?? 'counter';
  switch (kind) {
    case 'trend':
      return aggregate === 'count' ? String(value) : durationText(value);
    case 'rate':
      return `${(100 * value).toFixed(1)} %`;
    case 'counter':
      return aggregate === 'rate' ? `${Number(value.toPrecision(3))} a second` : String(value);
  }
}
