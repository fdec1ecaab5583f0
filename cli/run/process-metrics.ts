/** The metrics of our processes: latency by segment, the verifier's work, the gateway's orders. */
import type { LatencyRecorder } from '#bench';
import type { Metrics } from '#engine/operations';
import type { VerifierServer } from '#verifier';

const NS_PER_SECOND = 1e9;

/** Of a run; bounds are powers of two of nanoseconds. */
export function segmentMetrics(metrics: Metrics, read: LatencyRecorder['buckets']): void {
  metrics.histogram({
    name: 'outrider_segment_latency_seconds',
    help: 'Latency of a part of the way of a tick since the run began.',
    labels: ['segment'],
    read: () =>
      read().map(({ segment, below, count, sumNs }) => ({
        ...{ labels: { segment }, count, sum: sumNs / NS_PER_SECOND },
        buckets: below.map(one => ({ atMost: one.atMostNs / NS_PER_SECOND, count: one.count })),
      })),
  });
}

/** What the edge of a run is connected to, 1 or 0. */
export function linkMetrics(
  metrics: Metrics,
  links: Readonly<Record<string, () => boolean>>,
): void {
  metrics.gauge({
    name: 'outrider_link_up',
    help: 'Whether a link to another process is up, 1, or down, 0.',
    labels: ['link'],
    read: () =>
      Object.entries(links).map(([link, isUp]) => ({ labels: { link }, value: isUp() ? 1 : 0 })),
  });
}

export function verifierMetrics(metrics: Metrics, server: Pick<VerifierServer, 'counters'>): void {
  const totals = [
    ['outrider_verifier_requests_total', 'Requests of edges.', 'requests'],
    ['outrider_verifier_settled_total', 'Speculations that were settled.', 'settled'],
    ['outrider_verifier_expired_total', 'Speculations whose deadline had passed.', 'expired'],
    ['outrider_verifier_overloaded_total', 'Speculations refused: too many waited.', 'overloaded'],
    ['outrider_verifier_failed_total', 'Speculations that the target failed at.', 'failed'],
  ] as const;
  for (const [name, help, field] of totals) {
    metrics.total({ name, help, read: () => [{ value: server.counters()[field] }] });
  }
  const gauges = [
    ['outrider_verifier_connections', 'Edges that are connected.', 'connectionsOpen'],
    ['outrider_verifier_waiting', 'Back-pressure: speculations that wait for a pass.', 'waiting'],
  ] as const;
  for (const [name, help, field] of gauges) {
    metrics.gauge({ name, help, read: () => [{ value: server.counters()[field] }] });
  }
}
