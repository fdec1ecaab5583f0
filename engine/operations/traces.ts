/** Sampled traces, sent to a collector by OTLP over HTTP off the path that they measure. */

import { randomBytes } from 'node:crypto';
import { type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { OutriderError } from '../error.ts';
import { SECOND_NS } from '../nanoseconds.ts';

/** What took how long, with its parts; a trace is handed over whole, once it is over. */
export type Span = {
  readonly name: string;
  /** Nanoseconds since the origin. */
  readonly startNs: number;
  readonly endNs: number;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly parts?: readonly Span[];
};

export type Traces = {
  /** True for one call in `every`: a counter, so that asking costs nothing to speak of. */
  take(): boolean;
  /** Queues a trace; where the queue is full, QUEUE_SPANS_MAX of them, it is dropped. */
  record(span: Span): void;
  /** Sends what is queued, within SEND_MS. */
  close(): Promise<void>;
};

export type TracesOptions = {
  /** Of a collector, such as `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  /** Name of the process: `outrider-edge`. */
  readonly service: string;
  /** One trace in so many is taken. */
  readonly every: number;
  /** UTC midnight that times count from, nanoseconds since 1970. */
  readonly originNs: bigint;
};

const QUEUE_SPANS_MAX = 2_048;
const BATCH_SPANS_MAX = 256;
const INTERVAL_MS = 1_000;
const SEND_MS = 5_000;
const SCOPE = { name: 'outrider' };

/** Throws `bad-config` for a URL that is none or a rate below one. */
export function openTraces(options: TracesOptions): Traces {
  const { url, service, every, originNs } = options;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new OutriderError('bad-config', `traces: ${url}; give http://HOST:4318/v1/traces`);
  }
  if (!(Number.isSafeInteger(every) && every >= 1)) {
    throw new OutriderError('bad-config', `traces every: ${every}; give 1 or more`);
  }
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter({ url, timeoutMillis: SEND_MS }),
    ...{ maxQueueSize: QUEUE_SPANS_MAX, maxExportBatchSize: BATCH_SPANS_MAX },
    ...{ scheduledDelayMillis: INTERVAL_MS, exportTimeoutMillis: SEND_MS },
  });
  const resource = resourceFromAttributes({ 'service.name': service });
  let counted = 0;
  return {
    take() {
      counted = counted + 1 === every ? 0 : counted + 1;
      return counted === 0;
    },
    record(span) {
      const traceId = randomBytes(16).toString('hex');
      for (const each of readable(span, { traceId, resource, originNs })) processor.onEnd(each);
    },
    async close() {
      await processor.forceFlush().catch(() => {});
      await processor.shutdown().catch(() => {});
    },
  };
}

type Setting = {
  readonly traceId: string;
  readonly parentId?: string;
  readonly resource: ReadableSpan['resource'];
  readonly originNs: bigint;
};

/** The SDK's form of spans that have ended: its own would read clocks at every step. */
function readable(span: Span, setting: Setting): ReadableSpan[] {
  const { traceId, parentId, resource, originNs } = setting;
  const own = { traceId, spanId: randomBytes(8).toString('hex'), traceFlags: TraceFlags.SAMPLED };
  const parts = (span.parts ?? []).flatMap(part =>
    readable(part, { ...setting, parentId: own.spanId }),
  );
  const whole = {
    ...{ name: span.name, kind: SpanKind.INTERNAL, spanContext: () => own },
    ...(parentId !== undefined && { parentSpanContext: { ...own, spanId: parentId } }),
    ...{ startTime: hrTime(span.startNs, originNs), endTime: hrTime(span.endNs, originNs) },
    ...{ duration: hrTime(span.endNs - span.startNs, 0n), ended: true, resource },
    ...{ attributes: { ...span.attributes }, links: [], events: [] },
    ...{ status: { code: SpanStatusCode.UNSET }, instrumentationScope: SCOPE },
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  };
  return [whole as ReadableSpan, ...parts];
}

function hrTime(ns: number, originNs: bigint): HrTime {
  const sinceNs = originNs + BigInt(Math.round(ns));
  return [Number(sinceNs / BigInt(SECOND_NS)), Number(sinceNs % BigInt(SECOND_NS))];
}
