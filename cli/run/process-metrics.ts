/** The metrics of our processes: latency by segment, the verifier's work, the gateway's orders. */
import type { LatencyRecorder } from '#bench';
import type { Metrics } from '#engine/operations';
import { countsOf, type GatewayState } from '#gateway';
import type { VerifierServer } from '#verifier';
import type { FeedIngest } from './ingest-feed.ts';
import type { VenueStatus } from './remote-venue-host.ts';

const NS_PER_SECOND = 1e9;

/** None while nobody knows. */
const secondsOf = (ns: number | undefined) =>
  ns === undefined ? [] : [{ value: ns / NS_PER_SECOND }];

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

/** Of the gateway that trades in this process, read from its state; nothing while none does. */
export function gatewayMetrics(metrics: Metrics, state: () => GatewayState | undefined): void {
  const entries = (counts: Partial<Record<string, number>>, label: string) =>
    Object.entries(counts).map(([name, value = 0]) => ({ labels: { [label]: name }, value }));
  metrics.gauge({
    name: 'outrider_gateway_trading',
    help: 'Whether this process trades, 1, or has nothing to trade or follows another, 0.',
    read: () => [{ value: state() === undefined ? 0 : 1 }],
  });
  metrics.gauge({
    name: 'outrider_gateway_session_up',
    help: 'Whether the FIX session with a venue is logged on, 1, or not, 0.',
    labels: ['venue'],
    read: () =>
      (state()?.venues ?? []).map(({ session }, index) => ({
        labels: { venue: state()!.config.venues[index]!.name },
        value: session.status === 'active' ? 1 : 0,
      })),
  });
  metrics.total({
    name: 'outrider_gateway_orders_total',
    help: 'What became of orders since the log began.',
    labels: ['event'],
    read: () => {
      const trading = state();
      return trading === undefined ? [] : entries(countsOf(trading), 'event');
    },
  });
  metrics.total({
    name: 'outrider_gateway_refused_total',
    help: 'Order wishes that a risk control refused since the log began.',
    labels: ['rule'],
    read: () => entries(state()?.counts.refused ?? {}, 'rule'),
  });
}

/** Of `outrider ingest`. */
export function ingestMetrics(
  metrics: Metrics,
  ingest: Pick<FeedIngest, 'published' | 'waiting' | 'clockAheadNs'>,
): void {
  metrics.total({
    name: 'outrider_ingest_published_total',
    help: 'Ticks that the brokers have taken.',
    read: () => [{ value: ingest.published }],
  });
  metrics.gauge({
    name: 'outrider_ingest_waiting_records',
    help: 'Back-pressure: ticks that wait for the brokers.',
    read: () => [{ value: ingest.waiting }],
  });
  metrics.gauge({
    name: 'outrider_ingest_clock_ahead_seconds',
    help: 'How far the clock of the exchange is ahead of ours, less the way of its messages.',
    read: () => secondsOf(ingest.clockAheadNs),
  });
}

/** Of `outrider edge`. */
export function edgeMetrics(
  metrics: Metrics,
  edge: { readonly clockAheadNs: number | undefined },
): void {
  metrics.gauge({
    name: 'outrider_edge_clock_ahead_seconds',
    help: 'How far the clock of the brokers is ahead of ours, less the way of its ticks.',
    read: () => secondsOf(edge.clockAheadNs),
  });
}

/** Of `outrider venue`. */
export function venueMetrics(metrics: Metrics, status: () => VenueStatus): void {
  const totals = [
    ['outrider_venue_orders_total', 'Orders that came in, refused ones too.', 'orders'],
    ['outrider_venue_fills_total', 'Executions that filled something.', 'fills'],
    ['outrider_venue_disputed_total', 'Executions the other side does not know.', 'disputed'],
    ['outrider_venue_ticks_total', 'Ticks that the feed has published.', 'ticks'],
  ] as const;
  for (const [name, help, field] of totals) {
    metrics.total({ name, help, read: () => [{ value: status()[field] }] });
  }
  const gauges = [
    ['outrider_venue_working_orders', 'Orders at work, stop orders that wait too.', 'working'],
    ['outrider_venue_subscribers', 'Subscribers of the feed.', 'subscribers'],
  ] as const;
  for (const [name, help, field] of gauges) {
    metrics.gauge({ name, help, read: () => [{ value: status()[field] }] });
  }
  metrics.gauge({
    name: 'outrider_venue_session_up',
    help: 'Whether a gateway is logged on, 1, or none, 0.',
    read: () => [{ value: status().isUp ? 1 : 0 }],
  });
  metrics.gauge({
    name: 'outrider_venue_late_seconds',
    help: 'How late the feed was with its latest ticks.',
    read: () => [{ value: status().lateNs / NS_PER_SECOND }],
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
