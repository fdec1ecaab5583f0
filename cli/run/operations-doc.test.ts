/** docs/operations.md against what is printed: an alert on a name that is gone never fires. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHealth, createMetrics, processorMetrics } from '#engine/operations';
import {
  edgeMetrics,
  gatewayMetrics,
  ingestMetrics,
  linkMetrics,
  segmentMetrics,
  venueMetrics,
  verifierMetrics,
} from './process-metrics.ts';

const DOC = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');

it('names every metric there is, with its labels, and none that is not', async () => {
  const metrics = createMetrics();
  processorMetrics(metrics, createHealth(), 'x');
  segmentMetrics(metrics, () => []);
  linkMetrics(metrics, {});
  gatewayMetrics(metrics, () => undefined);
  ingestMetrics(metrics, { published: 0, waiting: 0, clockAheadNs: undefined });
  edgeMetrics(metrics, { clockAheadNs: undefined });
  venueMetrics(metrics, () => ({}) as never);
  const counters = () => ({}) as never;
  verifierMetrics(metrics, { counters });
  const printed = await metrics.text().catch(() => '');
  const there = [...printed.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
  const table = DOC.split('## Metrics')[1]!.split('###')[0]!;
  const rows = table.split('\n').filter(line => line.startsWith('| `'));
  const named = rows.flatMap(row =>
    [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  );
  expect(named.toSorted()).toEqual(there.filter(name => name.startsWith('outrider_')).toSorted());
  const others = there.filter(name => !/^(outrider|process|nodejs)_/.test(name));
  expect(others).toEqual([]);
});

it('alerts on metrics that there are', () => {
  const [, alerts] = DOC.split('### Alerts');
  const table = DOC.split('## Metrics')[1]!.split('###')[0]!;
  const asked = [...alerts!.split('## ')[0]!.matchAll(/outrider_[a-z_]+/g)].map(([name]) => name);
  expect(asked.length).toBeGreaterThan(5);
  for (const name of asked) expect(table).toContain(`\`${name}\``);
});
